import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { novaOptions } from '../src/cmd/options.ts';
import { sampleConfig } from '../src/lib/config/sample.ts';
import { isForTests, sourceFiles } from './architecture/source-tree.ts';

const ROOT = join(import.meta.dirname, '..');
const file = join(ROOT, 'etc', 'nova', 'nova.conf.sample');

const heading = `# Every option of nova-ts with its default. Options that are not set here keep it; what the environment says wins over this file.
# Written by UPDATE_GOLDENS=1 npx vitest run test/sample-config.test.ts; do not edit.
`;

/** The defaults of an ordinary user; as root state lies in /var/lib/nova-ts. */
const machine = { isRoot: false, hostname: '<hostname>' };

test('the sample configuration is what the options say', async () => {
  const wanted = `${heading}\n${sampleConfig(novaOptions(machine))}`;
  if (process.env['UPDATE_GOLDENS'] === '1') await writeFile(file, wanted);
  expect(await readFile(file, 'utf8').catch(() => 'missing: run with UPDATE_GOLDENS=1')).toBe(wanted);
});

// Fault 2026-11 A14.
test('every option has code that reads it', () => {
  const others = sourceFiles(ROOT, 'src/**/*.ts').filter(({ path }) => !isForTests(path) && path !== 'src/cmd/options.ts');
  const words = new Set(others.flatMap(({ text }) => text.match(/\w+/g) ?? []));
  const options = novaOptions(machine).flatMap(({ options }) => Object.keys(options));
  expect(options.filter((option) => !words.has(option))).toEqual([]);
});
