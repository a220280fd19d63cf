import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sourceFile } from './source-tree.ts';

/** `npm start` installs only what running needs: what runs then imports nothing else. */
const ROOT = join(import.meta.dirname, '..', '..');
const manifest: { scripts: Record<string, string>; devDependencies: Record<string, string> } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);
const development = Object.keys(manifest.devDependencies);

/** The development packages that a file or what it imports needs, each with the file that names it. */
function developmentPackagesOf(entry: string): string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const { imports, packages } = sourceFile(path, readFileSync(join(ROOT, path), 'utf8'));
    found.push(...packages.filter((name) => development.includes(name)).map((name) => `${path} imports ${name}`));
    for (const next of imports.filter((to) => to.endsWith('.ts'))) visit(next);
  };
  visit(entry);
  return found;
}

/** The scripts that run one of our files, and the program. */
const programs = [
  { name: 'nova-ts', entry: 'src/cmd/main.ts', setUp: '' },
  { name: 'the bundle of it', entry: 'bin/bundle.ts', setUp: '' },
  ...Object.entries(manifest.scripts).flatMap(([name, command]) => {
    const entry = /\bnode (?:--\S+ )*(\S+\.ts)/.exec(command)?.[1];
    return entry === undefined ? [] : [{ name, entry, setUp: `${manifest.scripts[`pre${name}`] ?? ''} ${command}` }];
  }),
];

test('every program is looked at', () => {
  expect(programs.map(({ name }) => name)).toEqual(expect.arrayContaining(['nova-ts', 'demo', 'bench', 'fuzz', 'chaos', 'soak']));
});

test.each(programs.filter(({ setUp }) => !setUp.includes('--development')))('$name runs without development packages', ({ entry }) => {
  expect(developmentPackagesOf(entry)).toEqual([]);
});

/** A program that imports none, but has another one run the tests. */
const RUNS_TESTS = ['mutate'];

test.each(programs.filter(({ name, setUp }) => setUp.includes('--development') && !RUNS_TESTS.includes(name)))(
  '$name needs development packages',
  ({ entry }) => {
    expect(developmentPackagesOf(entry)).not.toEqual([]);
  },
);
