/** Compares the page of rooms with the tree: a room that is built has code, a test and a page; one that is not has none. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exists, leadsSomewhere, linksOf, page, ROOT } from './docs/book.ts';

const PAGE = 'docs/rooms.md';
const { text } = page(PAGE);

/** The cells of each row that begins with names in backticks. */
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const namesIn = (cell = ''): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
const isBuilt = ([, , today = '']: readonly string[]): boolean => !today.startsWith('not built');
const pathsIn = (cell = ''): readonly string[] => linksOf({ path: PAGE, text: cell }).map(({ path }) => path);

test('each room is named once, and says what it was and is', () => {
  const names = rows.flatMap(([first]) => namesIn(first));
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(rows.filter((cells) => cells.length !== 6 || !cells[1] || !cells[2])).toEqual([]);
});

test.each(rows.filter(isBuilt).map((cells) => [cells[0] ?? '', cells] as const))('%s has its code, its test and its page', (_, cells) => {
  const [, , , code, proof, told] = cells;
  expect(pathsIn(code)).toEqual([expect.stringMatching(/^src\//)]);
  expect(pathsIn(proof)).toEqual([expect.stringMatching(/\.(test|contract)\.ts$/)]);
  expect(pathsIn(told)).toEqual([expect.stringMatching(/^docs\/.+\.md$/)]);
  expect(linksOf({ path: PAGE, text: cells.join('|') }).filter((link) => !leadsSomewhere(link))).toEqual([]);
});

test.each(rows.filter((cells) => !isBuilt(cells)).map((cells) => [cells[0] ?? '', cells] as const))('%s is not built', (_, cells) => {
  expect(cells.slice(3).filter((cell) => cell !== '')).toEqual([]);
  expect(namesIn(cells[0]).filter((name) => exists(`src/${name}`))).toEqual([]);
});

test('every room of the tree is on the page', () => {
  const linked = new Set(linksOf(page(PAGE)).map(({ path }) => path.split('/').slice(0, 2).join('/')));
  const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((one) => one.isDirectory());
  expect(rooms.map(({ name }) => `src/${name}`).filter((room) => !linked.has(room))).toEqual([]);
});
