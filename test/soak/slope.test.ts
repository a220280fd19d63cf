import { expect, test } from 'vitest';
import { slopeOf } from './slope.ts';

/** A line of slope 3, with noise. */
const at = (noise: readonly number[]) => noise.map((off, x) => ({ x, y: 7 + 3 * x + off }));

test('finds the slope of a line, also with noise, and 0 for one point', () => {
  expect(slopeOf(at([0, 0, 0, 0]))).toBeCloseTo(3);
  expect(slopeOf(at([1, -1, -1, 1]))).toBeCloseTo(3);
  expect(slopeOf(at([5]))).toBe(0);
});
