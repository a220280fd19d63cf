/** The tables of bounds in a page, and each bound's value in the code. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { novaOptions } from '../../src/cmd/options.ts';
import { type Page, ROOT } from './book.ts';

/** A row: a name, and its value in the page. */
export interface Bound {
  readonly name: string;
  /** The file that declares it, from the root; undefined for an option. */
  readonly file: string | undefined;
  readonly value: number;
}

/** Rows whose first cell is an option, or a name that links to its file; the second begins with the value. */
export const boundsOf = ({ path, text }: Page): readonly Bound[] =>
  [...text.matchAll(/^\| (?:`(\[[^`]+)`|\[`(\w+)`\]\(([^)]+)\)) \| ([\d.]+)/gm)].map(([, option, name, file, value]) => ({
    name: option ?? name ?? '',
    file: file === undefined ? undefined : join(dirname(path), file),
    value: Number(value),
  }));

/** The value in the code; undefined if there is no such name. */
export const valueInCode = ({ name, file }: Bound): number | undefined => (file === undefined ? optionDefault(name) : constant(name, file));

function optionDefault(name: string): number | undefined {
  const [, section, option = ''] = /^\[(\w+)\] (\w+)$/.exec(name) ?? [];
  const group = novaOptions({ isRoot: false, hostname: 'h' }).find((one) => one.name === section);
  const text = group && Object.entries(group.options).find(([key]) => key === option)?.[1].defaultText;
  return text === undefined ? undefined : Number(text);
}

/** `const NAME = 4 * 1024;`, or `name: 4 * 1024,` in an object: a product of numbers. */
function constant(name: string, file: string): number | undefined {
  const product = new RegExp(`\\b${name}(?:: number)?(?: =|:) ([\\d_]+(?: \\* [\\d_]+)*)\\b`).exec(
    readFileSync(join(ROOT, file), 'utf8'),
  )?.[1];
  return product?.split(' * ').reduce((all, factor) => all * Number(factor.replaceAll('_', '')), 1);
}
