/** Finds breaches of the layer rules, and reports each with rule, file and import. */
import { normalize } from 'node:path';
import { allows, ruleOf } from './layer-rules.ts';
import { Layout } from './layout.ts';
import { isForTests, type SourceFile } from './source-tree.ts';

/** One import that no rule allows; paths are below `src/`. */
export interface Breach {
  readonly law: string;
  readonly file: string;
  readonly imports: string;
}

/** Every breach in these files; tests and their fixtures are exempt. */
export function breachesIn(files: readonly SourceFile[]): Breach[] {
  const layout = new Layout(files.filter(({ path }) => !isForTests(path)));
  return layout.paths.flatMap((file) => {
    const rule = ruleOf(file);
    if (!rule) return [{ law: 'every file below src is in a room that has a law', file, imports: '' }];
    const forbidden = layout.importsOf(file).filter((target) => !allows(rule, target, file, layout));
    return [...new Set(forbidden)].map((imports) => ({ law: rule.law, file, imports }));
  });
}

export const sentenceOf = ({ law, file, imports }: Breach): string => `src/${file} imports ${normalize(`src/${imports}`)}, but ${law}`;
