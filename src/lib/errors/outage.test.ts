import { expect, test } from 'vitest';
import { kindOf } from './error-type.ts';
import { marshalError } from './marshal.ts';
import { isOutage } from './outage.ts';

const coded = (code: string, more: object = {}) => Object.assign(new Error('it failed'), { code, ...more });

test.each([
  coded('ECONNREFUSED'),
  coded('57P01'),
  coded('08006'),
  coded('ENOENT', { syscall: 'connect' }),
  // Fault 2026-11 B7.
  coded('ENOSPC'),
  coded('EDQUOT'),
  coded('53100'),
  // Fault 2026-11 B14.
  coded('57014'),
  new Error('Query read timeout'),
  new Error('Connection terminated unexpectedly'),
  new Error('Client has encountered a connection error and is not queryable'),
])('a server that is away may come back: %o', (error) => expect(isOutage(error)).toBe(true));

test.each([coded('23505'), coded('ENOENT', { syscall: 'open' }), new Error('it failed'), 'Connection terminated'])(
  'waiting does not mend %o',
  (error) => expect(isOutage(error)).toBe(false),
);

test('what is only away is unavailable, also for those who hear of it over the queue', () => {
  expect([kindOf(coded('57P01')), kindOf(coded('23505'))]).toEqual(['unavailable', 'internal']);
  expect([marshalError(coded('57P01')).kind, marshalError(coded('23505')).kind]).toEqual(['unavailable', 'internal']);
});
