import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { hostnameOf, nameOf } from './boot-request.ts';

test('servers of one request are numbered from 1, a single one keeps the name', () => {
  expect([0, 1, 2].map((index) => nameOf('web', { index, count: 3 }))).toEqual(['web-1', 'web-2', 'web-3']);
  expect(nameOf('web', { index: 0, count: 1 })).toBe('web');
});

test.each([
  ['web', 'web'],
  ['Web Server_1', 'web-server-1'],
  ['db.example.org', 'db-example-org'],
  ['Möbel & Söhne', 'mobel--sohne'],
  ['--.web.--', 'web'],
  ['x'.repeat(80), 'x'.repeat(63)],
  [`${'x'.repeat(62)}.y`, 'x'.repeat(62)],
  ['サーバー', 'server-id'],
  ['...', 'server-id'],
  ['', 'server-id'],
])('%s is called %s on the network', (name, hostname) => {
  expect(hostnameOf(name, 'id')).toBe(hostname);
});

test('whatever a server is called, its host name is a label (RFC 1123)', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 255 }), (name) => {
      expect(hostnameOf(name, '7f1c1f2e-5a36-4a3e-9d0c-0f7b6b1d2c11')).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
    }),
  );
});
