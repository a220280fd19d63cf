import { expect, test } from 'vitest';
import { migrations } from './index.ts';

test('each step has a number of its own, one more than the step before', () => {
  const numbers = Object.keys(migrations).map((name) => Number(name.slice(0, 4)));
  // There is no step 24.
  const all = Array.from({ length: numbers.at(-1) ?? 0 }, (_, before) => before + 1);
  expect(numbers).toEqual(all.filter((number) => number !== 24));
});
