import { expect, test } from 'vitest';
import { forwarded } from './forwarded.ts';

const direct = { scheme: 'http', host: '10.0.0.5:8774', prefix: '', remoteAddress: '10.0.0.1' };

// Fault 2026-11 A14.
test.each<[Record<string, string>, Partial<typeof direct>]>([
  [{}, {}],
  [{ 'x-forwarded-proto': 'https' }, { scheme: 'https' }],
  [
    { 'x-forwarded-proto': 'HTTPS', 'x-forwarded-host': 'cloud.example.com' },
    { scheme: 'https', host: 'cloud.example.com' },
  ],
  [{ 'x-forwarded-host': 'cloud.example.com', 'x-forwarded-port': '8443' }, { host: 'cloud.example.com:8443' }],
  [{ 'x-forwarded-host': 'cloud.example.com', 'x-forwarded-port': '443' }, { host: 'cloud.example.com' }],
  [{ 'x-forwarded-host': 'a.example, [fd00::1]:99' }, { host: '[fd00::1]:99' }],
  [{ 'x-forwarded-prefix': '/compute' }, { prefix: '/compute' }],
  [{ 'x-forwarded-for': '6.6.6.6, 192.0.2.7' }, { remoteAddress: '192.0.2.7' }],
  [{ forwarded: 'for=192.0.2.7;proto=https;host=c.example' }, { scheme: 'https', host: 'c.example', remoteAddress: '192.0.2.7' }],
  [
    { forwarded: 'for=6.6.6.6, For="[2001:db8::1]:4711";Proto=https', 'x-forwarded-host': 'no' },
    { scheme: 'https', remoteAddress: '2001:db8::1' },
  ],
  [{ forwarded: 'for=192.0.2.7:4711' }, { remoteAddress: '192.0.2.7' }],
  [{ 'x-forwarded-proto': 'gopher', 'x-forwarded-host': 'a"b/c', 'x-forwarded-prefix': '//evil', 'x-forwarded-for': 'unknown' }, {}],
])('%j changes %j', (headers, changes) => {
  expect(forwarded(headers, direct)).toEqual({ ...direct, ...changes });
});
