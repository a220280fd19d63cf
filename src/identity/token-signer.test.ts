import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Claims, readToken, signToken, type TokenKey } from './token-signer.ts';

const key: TokenKey = { id: 'k1', secret: '00'.repeat(32) };
const older: TokenKey = { id: 'k0', secret: '11'.repeat(32) };
const now = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const claims: Claims = {
  userId: 'ann',
  projectId: 'p-1',
  domainId: null,
  generation: 3,
  auditId: 'audit',
  methods: ['password', 'token'],
  issuedAt: now,
  expiresAt: later(3_600),
};

test('a signed token is read back, also with a key that no longer signs', async () => {
  expect(readToken(await signToken(claims, key), [key], now)).toEqual(claims);
  const ofDomain = { ...claims, projectId: null, domainId: 'd-1' };
  expect(readToken(await signToken(ofDomain, older), [key, older], now)).toEqual(ofDomain);
});

test('a token expires in the second that it names', async () => {
  const text = await signToken(claims, key);
  expect([readToken(text, [key], later(3_599)) !== undefined, readToken(text, [key], later(3_600))]).toEqual([true, undefined]);
});

test('tokens of a removed key, and of a key with the same id and another secret, are invalid', async () => {
  expect(readToken(await signToken(claims, older), [key], now)).toBeUndefined();
  expect(readToken(await signToken(claims, { ...key, secret: '22'.repeat(32) }), [key], now)).toBeUndefined();
  expect(readToken(await signToken(claims, key), [], now)).toBeUndefined();
});

// Fault 2026-11 B12.
test('a token with any one character changed, inserted or appended is invalid: no two texts are the same token', async () => {
  const text = await signToken(claims, key);
  expect(readToken(text, [key], now)).toBeDefined();
  const places = [...text].map((_, index) => index);
  const changed = places.flatMap((at) => [...'ABCDwxyz-_.'].map((char) => `${text.slice(0, at)}${char}${text.slice(at + 1)}`));
  // Decoders of base64 skip these.
  const inserted = [...places, text.length].flatMap((at) =>
    [...'= !~\n\u00e9'].map((char) => `${text.slice(0, at)}${char}${text.slice(at)}`),
  );
  const forged = [...changed, ...inserted].filter((other) => other !== text);
  expect(forged.length).toBeGreaterThan(1_000);
  expect(forged.filter((other) => readToken(other, [key], now) !== undefined)).toEqual([]);
});

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = { alg: 'HS256', kid: 'k1' };
const payload = { sub: 'ann', jti: 'audit', iat: now.getTime() / 1000, exp: later(60).getTime() / 1000 };

/** A token that our own key signed, whatever its content. */
const signed = (head: unknown, body: unknown) => {
  const text = `${part(head)}.${part(body)}`;
  return `${text}.${createHmac('sha256', Buffer.from(key.secret, 'hex')).update(text).digest('base64url')}`;
};

test('a token of this form is valid', () => {
  expect(readToken(signed(header, payload), [key], now)).toMatchObject({
    userId: 'ann',
    projectId: null,
    domainId: null,
    generation: 0,
    methods: [],
  });
});

test.each([
  ['nothing', ''],
  ['no signature', `${part(header)}.${part(payload)}`],
  ['an empty signature', `${part(header)}.${part(payload)}.`],
  ['no algorithm', `${part({ ...header, alg: 'none' })}.${part(payload)}.`],
  ['another algorithm', signed({ ...header, alg: 'HS512' }, payload)],
  ['no key', signed({ alg: 'HS256' }, payload)],
  ['a key that is an object', signed({ ...header, kid: { id: 'k1' } }, payload)],
  ['four parts', `${signed(header, payload)}.x`],
  ['a payload that is no object', signed(header, 7)],
  ['a payload that is null', signed(header, null)],
  ['no user', signed(header, { ...payload, sub: undefined })],
  ['a user that is an object', signed(header, { ...payload, sub: {} })],
  ['no end', signed(header, { ...payload, exp: undefined })],
  ['an end that is a text', signed(header, { ...payload, exp: '9999999999' })],
  ['an excessive length', signed(header, { ...payload, more: 'x'.repeat(3_000) })],
])('a token with %s is invalid', (_what, text) => {
  expect(readToken(text, [key], now)).toBeUndefined();
});
