import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, askS3, presignS3, type S3Asked, signedChunks, signS3 } from '../../../test/support/s3-client.ts';
import { type StartedS3, startS3 } from './fixture/start.ts';

let s3: StartedS3;
beforeAll(async () => {
  s3 = await startS3();
  expect((await ask('PUT', '/signed')).status).toBe(200);
});
afterAll(() => s3?.stop());

const ask = (method: string, path: string, asked?: S3Asked) => askS3(s3.origin, s3.demo, method, path, asked);
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

describe('a signature is refused', () => {
  test.each<[string, number, string, () => ReturnType<typeof ask>]>([
    ['that there is not', 403, 'AccessDenied', () => answerOf(`${s3.origin}/signed`, {})],
    ['of an unknown key', 403, 'InvalidAccessKeyId', () => askS3(s3.origin, { ...s3.demo, access: 'nobody' }, 'GET', '/')],
    ['with another secret', 403, 'SignatureDoesNotMatch', () => askS3(s3.origin, { ...s3.demo, secret: 'x' }, 'GET', '/')],
    ['for another service', 400, 'AuthorizationHeaderMalformed', () => ask('GET', '/', { service: 'ec2' })],
    ['that is too old', 403, 'RequestTimeTooSkewed', () => ask('GET', '/', { at: minutesAgo(16) })],
    ['of the future', 403, 'RequestTimeTooSkewed', () => ask('GET', '/', { at: minutesAgo(-16) })],
    ['beside an unsigned header', 403, 'AccessDenied', () => ask('GET', '/', { unsigned: { 'x-amz-copy-source': '/a/b' } })],
    ['with a payload that says nothing', 400, 'InvalidRequest', () => ask('PUT', '/signed/x', { payload: 'whatever', body: 'x' })],
    ['in no known form', 400, 'AuthorizationHeaderMalformed', () => answerOf(s3.origin, { headers: { authorization: 'Basic x' } })],
    [
      'of version 4 without a date',
      400,
      'AuthorizationHeaderMalformed',
      () => answerOf(s3.origin, { headers: { authorization: 'AWS4-HMAC-SHA256 x' } }),
    ],
  ])('%s', async (_, status, code, send) => {
    const answer = await send();
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.headers.get('x-amz-request-id')).toMatch(/^req-/);
  });

  test.each<[string, (signed: { url: string; init: RequestInit & { headers: Record<string, string> } }) => [string, RequestInit]]>([
    ['another method', ({ url, init }) => [url, { ...init, method: 'DELETE' }]],
    ['another path', ({ url, init }) => [`${url}2`, init]],
    ['another query', ({ url, init }) => [`${url}?acl`, init]],
    ['another body', ({ url, init }) => [url, { ...init, body: 'altered' }]],
    ['another signed header', ({ url, init }) => [url, { ...init, headers: { ...init.headers, 'x-amz-meta-a': '2' } }]],
  ])('of a request that was altered: %s', async (_, alter) => {
    const { headers } = signS3(s3.origin, s3.demo, 'PUT', '/signed/k', { headers: { 'x-amz-meta-a': '1' }, body: 'as it was' });
    const answer = await answerOf(...alter({ url: `${s3.origin}/signed/k`, init: { method: 'PUT', headers, body: 'as it was' } }));
    expect(['SignatureDoesNotMatch', 'XAmzContentSHA256Mismatch']).toContain(answer.code);
    expect((await ask('HEAD', '/signed/k')).status).toBe(404);
  });

  test('of a key that was deleted, or whose user is disabled', async () => {
    const path = '/users/user-demo/credentials/OS-EC2';
    const key = (await s3.admin('POST', path, { tenant_id: 'project-demo' })).body.credential;
    expect((await askS3(s3.origin, key, 'GET', '/')).status).toBe(200);
    await s3.admin('PATCH', '/users/user-demo', { user: { enabled: false } });
    expect((await askS3(s3.origin, key, 'GET', '/')).code).toBe('AccessDenied');
    await s3.admin('PATCH', '/users/user-demo', { user: { enabled: true } });
    await s3.admin('DELETE', `${path}/${key.access}`);
    expect((await askS3(s3.origin, key, 'GET', '/')).code).toBe('InvalidAccessKeyId');
  });
});

const presigned = (at: Date, validS = 60) => presignS3(s3.origin, s3.demo, 'GET', '/signed/shared', { at, validS });

test('a presigned URL opens one thing, until it expires', async () => {
  await ask('PUT', '/signed/shared', { body: 'for everybody' });
  const url = presigned(new Date());
  expect(await answerOf(url, {})).toMatchObject({ status: 200, text: 'for everybody' });
  expect((await answerOf(url, { method: 'DELETE' })).code).toBe('SignatureDoesNotMatch');
  expect((await answerOf(url.replace('shared', 'others'), {})).code).toBe('SignatureDoesNotMatch');
  expect((await answerOf(url.replace('Expires=60', 'Expires=6000'), {})).code).toBe('SignatureDoesNotMatch');
  expect((await answerOf(url, { headers: { 'x-amz-acl': 'public-read' } })).code).toBe('AccessDenied');
  const expired = await answerOf(presigned(minutesAgo(2)), {});
  expect([expired.status, expired.code]).toEqual([403, 'AccessDenied']);
  expect(expired.text).toContain('Request has expired');
  for (const validS of [0, 604_801])
    expect((await answerOf(presigned(new Date(), validS), {})).code).toBe('AuthorizationQueryParametersError');
  expect((await answerOf(presigned(minutesAgo(-20)), {})).code).toBe('AccessDenied');
});

/** Signature version 2 of a request without headers of Amazon's. */
const signatureV2 = (method: string, date: string, resource: string, secret = s3.demo.secret) =>
  createHmac('sha1', secret).update(`${method}\n\n\n${date}\n${resource}`).digest('base64');

const send = (resource: string, at: string, signature: string) =>
  answerOf(`${s3.origin}${resource}`, { headers: { date: at, authorization: `AWS ${s3.demo.access}:${signature}` } });

test('version 2, in a header and in a URL', async () => {
  const date = new Date().toUTCString();
  expect((await send('/signed?location', date, signatureV2('GET', date, '/signed?location'))).status).toBe(200);
  expect((await send('/signed?acl', date, signatureV2('GET', date, '/signed?location'))).code).toBe('SignatureDoesNotMatch');
  expect((await send('/signed', date, signatureV2('GET', date, '/signed', 'x'))).code).toBe('SignatureDoesNotMatch');
  const old = minutesAgo(20).toUTCString();
  expect((await send('/signed', old, signatureV2('GET', old, '/signed'))).code).toBe('RequestTimeTooSkewed');
  expect((await send('/signed', 'today', signatureV2('GET', 'today', '/signed'))).code).toBe('AccessDenied');
  const inUrl = async (expires: number) => {
    const query = new URLSearchParams({
      AWSAccessKeyId: s3.demo.access,
      Expires: String(expires),
      Signature: signatureV2('GET', String(expires), '/signed'),
    });
    return await answerOf(`${s3.origin}/signed?${query}`, {});
  };
  expect((await inUrl(Math.floor(Date.now() / 1000) + 60)).status).toBe(200);
  expect((await inUrl(Math.floor(Date.now() / 1000) - 60)).code).toBe('AccessDenied');
});

test('a request that was seen on its way is no presigned URL of version 2', async () => {
  const seen = new Date().toUTCString();
  const signature = signatureV2('GET', `\nx-amz-date:${seen}`, '/signed').trim();
  const headers = { 'x-amz-date': seen };
  const inHeader = await answerOf(`${s3.origin}/signed`, { headers: { ...headers, authorization: `AWS ${s3.demo.access}:${signature}` } });
  expect(inHeader.status).toBe(200);
  const query = new URLSearchParams({ AWSAccessKeyId: s3.demo.access, Expires: '99999999999', Signature: signature });
  expect((await answerOf(`${s3.origin}/signed?${query}`, { headers })).code).toBe('SignatureDoesNotMatch');
});

test('signed chunks: as they were, and altered', async () => {
  const chunks = ['first chunk, ', 'second'];
  const headers = { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': '19' };
  const asked = { headers, payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' };
  const signed = signS3(s3.origin, s3.demo, 'PUT', '/signed/chunks', asked);
  const body = signedChunks(chunks, signed);
  const put = (sent: string) => answerOf(`${s3.origin}/signed/chunks`, { method: 'PUT', headers: signed.headers, body: sent });
  expect((await put(body.replace('second', 'SECOND'))).code).toBe('SignatureDoesNotMatch');
  expect((await put(body.replace(/chunk-signature=./, 'chunk-signature=f'))).status).toBe(403);
  expect((await put(body.slice(0, -40))).code).toBe('IncompleteBody');
  expect((await put(`zz;${body}`)).code).toBe('InvalidRequest');
  expect((await put('f'.repeat(5_000))).code).toBe('InvalidRequest');
  expect((await ask('HEAD', '/signed/chunks')).status).toBe(404);
  expect((await put(body)).status).toBe(200);
  const found = await ask('GET', '/signed/chunks');
  expect([found.text, found.headers.get('content-encoding')]).toEqual(['first chunk, second', null]);
});

const withChecksum = (checksum: string): S3Asked => ({
  headers: { 'x-amz-decoded-content-length': '3', 'x-amz-trailer': 'x-amz-checksum-crc32', 'content-encoding': 'aws-chunked' },
  payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  body: `3\r\nabc\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n\r\n`,
});

test('chunks with a checksum after them', async () => {
  expect((await ask('PUT', '/signed/t', withChecksum('AAAAAA=='))).code).toBe('BadDigest');
  const put = await ask('PUT', '/signed/t', withChecksum('NSRBwg=='));
  expect([put.status, put.headers.get('x-amz-checksum-crc32')]).toEqual([200, 'NSRBwg==']);
  const found = await ask('GET', '/signed/t', { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
  expect([found.text, found.headers.get('x-amz-checksum-crc32')]).toEqual(['abc', 'NSRBwg==']);
  expect(await s3.files()).toHaveLength(3);
});
