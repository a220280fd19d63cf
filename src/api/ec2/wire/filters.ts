/** Filters of what is described: all must hold, each for one of its values. */
import { InvalidParameterValue } from '../errors.ts';
import type { Filter } from './asked.ts';
import { patternOf } from './pattern.ts';

/** What a filter compares: the texts that a thing has under a name. */
export type FilterTable<T> = Readonly<Record<string, (one: T) => string | readonly string[] | null | undefined>>;

/** Tags of things, which filters name as `tag:KEY`, `tag-key` and `tag-value`. */
type Tagged<T> = (one: T) => Readonly<Record<string, string>>;

/** Those that pass all filters. A name that is in no table is refused: ignored, it would find too much. */
export function passing<T>(things: readonly T[], filters: readonly Filter[], table: FilterTable<T>, tagsOf?: Tagged<T>): readonly T[] {
  const tests = filters.map(({ name, values }) => {
    const read = readerOf(name, table, tagsOf);
    const patterns = values.map(patternOf);
    return (one: T) => [read(one) ?? []].flat().some((text) => patterns.some((pattern) => pattern(text)));
  });
  return things.filter((one) => tests.every((test) => test(one)));
}

function readerOf<T>(name: string, table: FilterTable<T>, tagsOf: Tagged<T> | undefined): FilterTable<T>[string] {
  if (tagsOf && name.startsWith('tag:')) return (one) => tagsOf(one)[name.slice('tag:'.length)];
  if (tagsOf && name === 'tag-key') return (one) => Object.keys(tagsOf(one));
  if (tagsOf && name === 'tag-value') return (one) => Object.values(tagsOf(one));
  const read = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!read) throw InvalidParameterValue({ problem: `The filter '${name}' is invalid` });
  return read;
}
