import { expect, test } from 'vitest';
import { isNo, isYes } from './words.ts';

test.each([true, 1, '1', 'True', ' yes ', 'ON', 't'])('%j is yes', (value) => expect([isYes(value), isNo(value)]).toEqual([true, false]));
test.each([false, 0, '0', 'False', ' no ', 'OFF', 'f'])('%j is no', (value) => expect([isYes(value), isNo(value)]).toEqual([false, true]));

const neither: readonly { readonly value: unknown }[] = [
  { value: null },
  { value: undefined },
  { value: '' },
  { value: 'perhaps' },
  { value: 2 },
  { value: ['true'] },
  { value: {} },
  { value: { toString: true } },
  { value: { toString: null, valueOf: null } },
];
test.each(neither)('$value is neither', ({ value }) => {
  expect([isYes(value), isNo(value)]).toEqual([false, false]);
});
