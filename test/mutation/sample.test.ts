import { expect, test } from 'vitest';
import { samplePieces } from './sample.ts';

const files = [
  { path: 'a.ts', lines: 60 },
  { path: 'b.ts', lines: 5 },
];
const some = (seed: number) => samplePieces(files, { lines: 50, seed });
const all = { lines: 10_000, seed: 1 };

test('the pieces of a file touch and cover it', () => {
  const ofA = samplePieces(files, all).flatMap((piece) => /^a\.ts:(\d+)-(\d+)$/.exec(piece)?.slice(1).map(Number) ?? []);
  const ends = ofA.toSorted((a, b) => a - b);
  expect([ends[0], ends.at(-1)]).toEqual([1, 60]);
  for (let at = 2; at < ends.length; at += 2) expect(ends[at]).toBe((ends[at - 1] ?? 0) + 1);
});

test('a seed always gives the same pieces, another one others, and never more lines than asked for', () => {
  expect(some(7)).toEqual(some(7));
  expect(new Set([1, 2, 3, 4, 5, 6].map((seed) => some(seed).join())).size).toBeGreaterThan(1);
  expect(some(7)).toHaveLength(2);
});
