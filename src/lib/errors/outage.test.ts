import { expect, test } from 'vitest';
import { isOutage } from './outage.ts';

const coded = (code: string, more: object = {}) => Object.assign(new Error('it failed'), { code, ...more });

test.each([
  coded('ECONNREFUSED'),
  coded('57P01'),
  coded('08006'),
  coded('ENOENT', { syscall: 'connect' }),
  new Error('Connection terminated unexpectedly'),
])('a server that is away may come back: %o', (error) => expect(isOutage(error)).toBe(true));

test.each([coded('23505'), coded('ENOENT', { syscall: 'open' }), new Error('it failed'), 'Connection terminated'])(
  'waiting does not mend %o',
  (error) => expect(isOutage(error)).toBe(false),
);
