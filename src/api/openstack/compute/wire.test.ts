import { expect, test } from 'vitest';
import { isNo, isYes } from './wire.ts';

test.each([true, 1, '1', 'True', ' yes ', 'ON', 't'])('%j is yes', (value) => expect([isYes(value), isNo(value)]).toEqual([true, false]));
test.each([false, 0, '0', 'False', ' no ', 'OFF', 'f'])('%j is no', (value) => expect([isYes(value), isNo(value)]).toEqual([false, true]));

test.each([null, undefined, '', 'perhaps', 2, ['true'], {}, { toString: true }, { toString: null, valueOf: null }])(
  '%j is neither',
  (value) => {
    expect([isYes(value), isNo(value)]).toEqual([false, false]);
  },
);
