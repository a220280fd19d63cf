import { describe, expect, test } from 'vitest';
import { isSameSignature, type SignedRequest } from './encoding.ts';
import { signatureV2 } from './v2.ts';
import { claimInHeader, claimInQuery, signatureV4, signingKey, timeOf } from './v4.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** A request by method, URL and headers, as a server sees it. */
function requested(method: string, url: string, headers: Record<string, string> = {}): SignedRequest {
  const { host, pathname, searchParams } = new URL(url);
  return { method, path: pathname, query: [...searchParams], headers: { host, ...headers } };
}

describe('version 4: the published examples', () => {
  test.each([
    {
      request: requested('GET', 'http://example.amazonaws.com/', { 'x-amz-date': '20150830T123600Z' }),
      scope: '20150830/us-east-1/service',
      signed: 'host;x-amz-date',
      secret: SECRET,
      payload: EMPTY,
      is: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    },
    {
      request: requested('GET', 'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08', {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        'x-amz-date': '20150830T123600Z',
      }),
      scope: '20150830/us-east-1/iam',
      signed: 'content-type;host;x-amz-date',
      secret: SECRET,
      payload: EMPTY,
      is: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    },
    {
      request: requested('POST', 'http://127.0.0.1:8773/services/Cloud', {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        'x-amz-date': '20260101T000000Z',
      }),
      scope: '20260101/nova/ec2',
      signed: 'content-type;host;x-amz-date',
      secret: 'secret',
      payload: '6171eb09865e32b0602af0f7957e26573a51f53caaedff02ff88883cb0275885',
      is: '5f6a92461062a4510826e7a07911e309110e93738087b17f8178e4028eee48fc',
    },
    {
      request: requested('GET', 'http://examplebucket.s3.amazonaws.com/test.txt', {
        range: 'bytes=0-9',
        'x-amz-content-sha256': EMPTY,
        'x-amz-date': '20130524T000000Z',
      }),
      scope: '20130524/us-east-1/s3',
      signed: 'host;range;x-amz-content-sha256;x-amz-date',
      secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      payload: EMPTY,
      is: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    },
  ])('$scope', ({ request, scope, signed, secret, payload, is }) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}/aws4_request, SignedHeaders=${signed}, Signature=${is}`;
    const claim = claimInHeader(authorization, String(request.headers['x-amz-date']));
    if (!claim) throw new Error('the claim is well formed');
    expect(signatureV4(request, claim, signingKey(secret, claim.scope), payload)).toBe(is);
    expect(isSameSignature(is, claim.signature)).toBe(true);
  });

  test('a presigned URL', () => {
    const is = 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=${is}`;
    const request = requested('GET', `https://examplebucket.s3.amazonaws.com/test.txt?${query}`);
    const claim = claimInQuery(new URLSearchParams(query));
    if (!claim) throw new Error('the claim is well formed');
    expect(claim).toMatchObject({ access: 'AKIAIOSFODNN7EXAMPLE', validS: 86_400 });
    const key = signingKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', claim.scope);
    expect(signatureV4(request, claim, key, 'UNSIGNED-PAYLOAD')).toBe(is);
  });
});

test.each([
  'AWS4-HMAC-SHA256',
  'AWS4-HMAC-SHA256 Credential=a/20260101/r/s3/aws4_request, SignedHeaders=host, Signature=xyz',
  `AWS4-HMAC-SHA256 Credential=a/20260101/r/s3/aws4_request, SignedHeaders=x-amz-date, Signature=${EMPTY}`,
  `AWS4-HMAC-SHA256 Credential=a/20250101/r/s3/aws4_request, SignedHeaders=host, Signature=${EMPTY}`,
  `AWS4-HMAC-SHA256 Credential=a/20260101/aws4_request, SignedHeaders=host, Signature=${EMPTY}`,
  'Basic abc',
])('a malformed header claims nothing: %s', (header) => {
  expect(claimInHeader(header, '20260101T000000Z')).toBeUndefined();
});

test('times', () => {
  expect(timeOf('20260131T235959Z')).toEqual(new Date('2026-01-31T23:59:59Z'));
  expect([timeOf(''), timeOf('20261331T235959Z'), timeOf('2026-01-31T23:59:59Z')]).toEqual([undefined, undefined, undefined]);
});

describe('version 2', () => {
  const common = 'SignatureVersion=2&Version=';
  test.each([
    [
      'https://elasticmapreduce.amazonaws.com/',
      `Action=DescribeJobFlows&SignatureMethod=HmacSHA256&Timestamp=2011-10-03T15%3A19%3A30&${common}2009-03-31`,
      'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE',
      'i91nKc4PWAt0JJIdXwz9HxZCJDdiy6cf/Mj6vPxyYIs=',
    ],
    [
      'http://127.0.0.1:8773/services/Cloud',
      `Action=DescribeInstances&InstanceId.1=i-00000001&SignatureMethod=HmacSHA1&Timestamp=2026-01-01T00%3A00%3A00Z&${common}2016-11-15`,
      'secret&AWSAccessKeyId=AKIDEXAMPLE',
      'IPunKZHSWOvvFPr4hu85kE4dZB8=',
    ],
  ])('%s', (url, query, keys, is) => {
    const [secret = '', access] = keys.split('&');
    const request = requested('GET', `${url}?${query}&${access}&Signature=x`);
    expect(signatureV2(request, secret)).toBe(is);
  });

  test('an unknown method has no signature, and so no right one', () => {
    const none = signatureV2(requested('GET', 'http://h/?SignatureMethod=MD5'), 'secret');
    expect([none, isSameSignature(none, '')]).toEqual([undefined, false]);
  });
});
