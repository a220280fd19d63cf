import { expect, test } from 'vitest';
import { normalise } from './weigh.ts';

const normalised = (values: readonly number[], least?: number) => [...normalise(Float64Array.from(values), least)];

test('values are brought to between 0 and 1, equal ones to 0', () => {
  expect(normalised([10, 20, 15])).toEqual([0, 1, 0.5]);
  expect(normalised([7, 7])).toEqual([0, 0]);
  expect(normalised([-10, 0])).toEqual([0, 1]);
  expect(normalised([])).toEqual([]);
});

test('counted from nothing, equal values are all the best, and what is below nothing is the worst', () => {
  expect(normalised([7, 7], 0)).toEqual([1, 1]);
  expect(normalised([-10, 0, 10], 0)).toEqual([0, 0.5, 1]);
});
