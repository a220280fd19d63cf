import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { isForTests, sourceFiles } from './architecture/source-tree.ts';

/** Habits that a machine can check, over everything that was written here. */
const ROOT = join(import.meta.dirname, '..');
const sources = sourceFiles(ROOT, 'src/**/*.ts');
const packages = sourceFiles(ROOT, 'packages/*/{src,test}/**/*.ts');
const everything = [...sources, ...packages, ...sourceFiles(ROOT, 'demo/**/*.ts'), ...sourceFiles(ROOT, 'test/**/*.ts')];

/** The lines of a file, comments apart, that a pattern finds. */
const lines = (path: string, text: string, pattern: RegExp): string[] =>
  text
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));

/** Where time and chance come from. */
const mayAskTheSystem = (path: string) => /^src\/(lib\/clock|cmd)\//.test(path) || path === 'packages/libvirt/src/clock.ts';

test('a published package imports nothing of the program', () => {
  const leaving = packages.flatMap(({ path, imports }) =>
    imports.filter((to) => !to.startsWith('packages/')).map((to) => `${path} imports ${to}`),
  );
  expect(leaving).toEqual([]);
});

test('time and chance are arguments: only the clock and the programs take them from the system', () => {
  const direct = /\bDate\.now\b|\bnew Date\(\s*\)|(?<![.\w])set(Timeout|Interval)\b|\bMath\.random\b|\brandomUUID\b|\bperformance\.now\b/;
  const checked = [...sources, ...packages].filter(
    ({ path }) => !mayAskTheSystem(path) && !isForTests(path) && !/^packages\/\w+\/test\//.test(path),
  );
  const breaches = checked.flatMap(({ path, text, packages: modules }) => [
    ...lines(path, text, direct),
    ...modules.filter((name) => /^(node:)?timers(\/promises)?$/.test(name)).map((name) => `${path} imports ${name}`),
  ]);
  expect(breaches).toEqual([]);
});

test('rights are decided in the api of a component: no edge asks who is an admin', () => {
  const edges = sources.filter(({ path }) => path.startsWith('src/api/') && !isForTests(path));
  const asked = edges.flatMap(({ path, text }) => lines(path, text, /\bisAdmin\b/));
  // Whoever comes without a token is nobody.
  expect(asked.filter((line) => !line.startsWith('src/api/pipeline/auth.ts'))).toEqual([]);
});

test('a transaction is tried again when PostgreSQL undid it: nobody opens one but `change` and `transaction`', () => {
  const checked = sources.filter(({ path }) => !isForTests(path) && path !== 'src/db/sql/retry.ts');
  expect(checked.flatMap(({ path, text }) => lines(path, text, /\.transaction\(\)/))).toEqual([]);
});

test('a file is called after its idea, not utils, helpers, common or types', () => {
  const nameless = /^(utils?|helpers?|common|types?)$/;
  expect(everything.map(({ path }) => path).filter((path) => nameless.test(basename(path).replace(/(\.\w+)*\.ts$/, '')))).toEqual([]);
});

test('nothing is exported without a name', () => {
  expect(everything.flatMap(({ path, text }) => lines(path, text, /^export default\b|^export \{[^}]*\bas default\b/))).toEqual([]);
});

test('whoever declares messages answers them: a component with rpcapi.ts has manager.ts, or host/manager.ts', () => {
  const folders = sources.filter(({ path }) => basename(path) === 'rpcapi.ts').map(({ path }) => dirname(path));
  const managers = sources.filter(({ path }) => basename(path) === 'manager.ts').map(({ path }) => dirname(path));
  expect(folders.filter((folder) => !managers.includes(folder) && !managers.includes(`${folder}/host`))).toEqual([]);
});

test('a program constructs: it writes no SQL, and no error is told by its class there', () => {
  const sqlOrError = /\bsql`|\.(selectFrom|insertInto|updateTable|deleteFrom|query)\(|\binstanceof\b|\w\.is\(/;
  // What the parsers of a command line throw concerns nobody else.
  const ofCommandLines = ['src/cmd/program.ts'];
  const programs = sources.filter(({ path }) => path.startsWith('src/cmd/') && !isForTests(path) && !ofCommandLines.includes(path));
  expect(programs.length).toBeGreaterThan(30);
  expect(programs.flatMap(({ path, text }) => lines(path, text, sqlOrError))).toEqual([]);
});
