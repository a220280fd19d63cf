import { expect, test } from 'vitest';
import { setNewest } from './set-newest.ts';

test('the entry that was set the longest ago goes first; setting one again makes it the newest', () => {
  const map = new Map<string, number>();
  for (const [at, key] of ['a', 'b', 'a', 'c', 'd'].entries()) setNewest(map, [key, at], 2);
  expect([...map]).toEqual([
    ['c', 3],
    ['d', 4],
  ]);
  setNewest(map, ['c', 5], 2);
  expect([...map.keys()]).toEqual(['d', 'c']);
});
