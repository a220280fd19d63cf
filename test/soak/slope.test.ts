import { expect, test } from 'vitest';
import { slopeOf } from './slope.ts';

/** A line of slope 3, with noise. */
const at = (noise: readonly number[]) => noise.map((off, x) => ({ x, y: 7 + 3 * x + off }));

test('the slope of a line is found, also under noise, and one point has none', () => {
  expect(slopeOf(at([0, 0, 0, 0]))).toBeCloseTo(3);
  expect(slopeOf(at([1, -1, -1, 1]))).toBeCloseTo(3);
  expect(slopeOf(at([5]))).toBe(0);
});
