/** Compares the page of bounds with the code: a bound that was changed, renamed or removed fails here. */
import { expect, test } from 'vitest';
import { boundsOf, valueInCode } from './docs/bounds.ts';
import { page } from './docs/book.ts';

const bounds = boundsOf(page('docs/operate/bounds.md'));

test('the page lists bounds', () => {
  expect(bounds.length).toBeGreaterThan(50);
});

test.each(bounds)('$name is $value', (bound) => {
  expect(valueInCode(bound)).toBe(bound.value);
});
