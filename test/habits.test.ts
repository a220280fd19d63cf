import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { isForTests, sourceFiles } from './architecture/source-tree.ts';

/** Conventions that a machine can check, over all our sources. */
const ROOT = join(import.meta.dirname, '..');
const sources = sourceFiles(ROOT, 'src/**/*.ts');
const packages = sourceFiles(ROOT, 'packages/*/{src,test}/**/*.ts');
const everything = [...sources, ...packages, ...sourceFiles(ROOT, 'demo/**/*.ts'), ...sourceFiles(ROOT, 'test/**/*.ts')];

/** The lines of a file, without comments, that match a pattern. */
const lines = (path: string, text: string, pattern: RegExp): string[] =>
  text
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));

/** Files that may use the system's time and randomness. */
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
  // A request without a token has no caller.
  expect(asked.filter((line) => !line.startsWith('src/api/pipeline/auth.ts'))).toEqual([]);
});

test('only `change` and `transaction` open transactions, because they retry when PostgreSQL aborts them', () => {
  const checked = sources.filter(({ path }) => !isForTests(path) && path !== 'src/db/sql/retry.ts');
  expect(checked.flatMap(({ path, text }) => lines(path, text, /\.transaction\(\)/))).toEqual([]);
});

test('a file is named after its idea, not utils, helpers, common or types', () => {
  const nameless = /^(utils?|helpers?|common|types?)$/;
  expect(everything.map(({ path }) => path).filter((path) => nameless.test(basename(path).replace(/(\.\w+)*\.ts$/, '')))).toEqual([]);
});

test('nothing is exported without a name', () => {
  expect(everything.flatMap(({ path, text }) => lines(path, text, /^export default\b|^export \{[^}]*\bas default\b/))).toEqual([]);
});

test('a component that declares messages answers them: with rpcapi.ts it has manager.ts or host/manager.ts', () => {
  const folders = sources.filter(({ path }) => basename(path) === 'rpcapi.ts').map(({ path }) => dirname(path));
  const managers = sources.filter(({ path }) => basename(path) === 'manager.ts').map(({ path }) => dirname(path));
  expect(folders.filter((folder) => !managers.includes(folder) && !managers.includes(`${folder}/host`))).toEqual([]);
});

test('a program only constructs: it writes no SQL, and does not match errors by class', () => {
  const sqlOrError = /\bsql`|\.(selectFrom|insertInto|updateTable|deleteFrom|query)\(|\binstanceof\b|\w\.is\(/;
  // Except errors of the command line parsers, which concern nothing else.
  const ofCommandLines = ['src/cmd/program.ts'];
  const programs = sources.filter(({ path }) => path.startsWith('src/cmd/') && !isForTests(path) && !ofCommandLines.includes(path));
  expect(programs.length).toBeGreaterThan(30);
  expect(programs.flatMap(({ path, text }) => lines(path, text, sqlOrError))).toEqual([]);
});
