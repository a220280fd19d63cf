/** The page of bounds is what the code says: a bound that is changed, renamed or lost fails here. */
import { expect, test } from 'vitest';
import { boundsOf, valueInCode } from './docs/bounds.ts';
import { page } from './docs/book.ts';

const bounds = boundsOf(page('docs/operate/bounds.md'));

test('there are bounds to look at', () => {
  expect(bounds.length).toBeGreaterThan(50);
});

test.each(bounds)('$name is $value', (bound) => {
  expect(valueInCode(bound)).toBe(bound.value);
});
