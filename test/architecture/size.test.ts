/** Limits on the distribution of file lengths and on the size of folders; the linter limits the longest file and function. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isForTests, sourceFiles } from './source-tree.ts';

/** Lines of a file: half of them at most `median`, nine of ten at most `p90`. */
const LINES = { median: 55, p90: 125 };
/** Maximum entries of a folder, without tests: a larger one should be split. */
const ENTRIES = { 'src/compute': 12, 'src/network': 12, 'src/db/stores': 12 };

const ROOT = join(import.meta.dirname, '..', '..');
const files = sourceFiles(ROOT, '{src,demo}/**/*.ts').filter(({ path }) => !isForTests(path));
const lengths = files.map(({ text }) => text.split('\n').length).toSorted((a, b) => a - b);
const at = (share: number): number => lengths[Math.floor(share * (lengths.length - 1))] ?? 0;

test('files fit the screen', () => {
  expect(at(0.5)).toBeLessThanOrEqual(LINES.median);
  expect(at(0.9)).toBeLessThanOrEqual(LINES.p90);
});

test.each(Object.entries(ENTRIES))('%s has at most %i entries', (folder, most) => {
  const entries = new Set(files.flatMap(({ path }) => (path.startsWith(`${folder}/`) ? [path.split('/')[folder.split('/').length]] : [])));
  expect(entries.size).toBeLessThanOrEqual(most);
});
