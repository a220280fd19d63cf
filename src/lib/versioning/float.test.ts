import { expect, test } from 'vitest';
import { float } from './float.ts';

// Fault 2026-11 D8.
test.each([
  [2, '2.0'],
  [0, '0.0'],
  [-3, '-3.0'],
  [1.5, '1.5'],
  [1e21, '1e+21'],
])('%f is written as %s', (value, text) => {
  expect(JSON.stringify({ factor: float(value) })).toBe(`{"factor":${text}}`);
});
