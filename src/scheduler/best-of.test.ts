import { array, assert, integer, nat, property } from 'fast-check';
import { expect, test } from 'vitest';
import { bestOf } from './best-of.ts';

test('the highest come first, of equals the one that stands first', () => {
  expect(bestOf(Float64Array.of(3, 9, 5, 9, 1), 3)).toEqual([1, 3, 2]);
  expect(bestOf(Float64Array.of(1, 2), 5)).toEqual([1, 0]);
  expect(bestOf(Float64Array.of(), 5)).toEqual([]);
});

test('whether few or many are wanted, they are those that a sort would put first', () => {
  assert(
    property(array(integer({ min: -5, max: 5 }), { maxLength: 200 }), nat(150), (values, count) => {
      const places = values.map((_, place) => place).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
      expect(bestOf(Float64Array.from(values), count)).toEqual(places.slice(0, count));
    }),
  );
});
