import { createHash } from 'node:crypto';
import { readdir, readlink } from 'node:fs/promises';
import { request as rawRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { array, assert, asyncProperty, constant, constantFrom, dictionary, oneof, option, record, string, tuple } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalPath } from '../../lib/aws-signature/encoding.ts';
import { askS3, type S3Asked, signS3 } from '../../../test/support/s3-client.ts';
import { operations } from './operations/index.ts';
import { type StartedS3, startS3 } from './fixture/start.ts';

let s3: StartedS3;
beforeAll(async () => {
  s3 = await startS3();
  expect((await ask('PUT', '/yard')).headers.get('location')).toBe('/yard');
});
afterAll(() => s3?.stop());

const ask = (method: string, path: string, asked?: S3Asked) => askS3(s3.origin, s3.demo, method, path, asked);
const put = (path: string, body: string | Buffer, headers: Record<string, string> = {}) => ask('PUT', path, { body, headers });
const md5 = (data: string | Buffer) => createHash('md5').update(data).digest('hex');

test('buckets: made, listed, shown, deleted when empty', async () => {
  const body = '<CreateBucketConfiguration><LocationConstraint>eu-west</LocationConstraint></CreateBucketConfiguration>';
  expect((await ask('PUT', '/abroad', { body })).status).toBe(200);
  expect((await ask('GET', '/abroad', { query: [['location', '']] })).text).toContain('>eu-west</LocationConstraint>');
  expect((await ask('HEAD', '/abroad')).headers.get('x-amz-bucket-region')).toBe('eu-west');
  expect((await ask('GET', '/')).text).toContain('<Bucket><Name>abroad</Name><CreationDate>');
  expect((await ask('PUT', '/abroad')).code).toBe('BucketAlreadyOwnedByYou');
  await put('/abroad/k', 'x');
  expect((await ask('DELETE', '/abroad')).code).toBe('BucketNotEmpty');
  await ask('DELETE', '/abroad/k');
  expect((await ask('DELETE', '/abroad')).status).toBe(204);
  expect((await ask('HEAD', '/abroad')).status).toBe(404);
  expect((await ask('GET', '/abroad')).code).toBe('NoSuchBucket');
});

const inRegion = (text: string) => ({
  body: `<CreateBucketConfiguration><LocationConstraint>${text}</LocationConstraint></CreateBucketConfiguration>`,
});

test('what the database or a header cannot hold is refused', async () => {
  for (const text of ['eu&#10;west', 'eu&#0;', 'e'.repeat(64)])
    expect((await ask('PUT', '/abroad', inRegion(text))).code).toBe('InvalidLocationConstraint');
  const upload: [string, string] = ['uploadId', '00000000-0000-4000-8000-000000000000'];
  const body = '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>';
  expect((await ask('POST', '/yard/a%00', { query: [upload], body })).code).toBe('InvalidArgument');
  for (const name of ['prefix', 'key-marker'])
    expect(
      (
        await ask('GET', '/yard', {
          query: [
            ['uploads', ''],
            [name, 'a\0'],
          ],
        })
      ).code,
    ).toBe('InvalidArgument');
});

test('an object comes back as it was sent, with what was said of it', async () => {
  const headers = {
    'content-type': 'text/x',
    'cache-control': 'no-cache',
    'x-amz-meta-colour': 'red',
    'content-md5': createHash('md5').update('data').digest('base64'),
  };
  expect((await put('/yard/a%20b/%C3%A9', 'data', headers)).headers.get('etag')).toBe(`"${md5('data')}"`);
  for (const method of ['GET', 'HEAD']) {
    const found = await ask(method, '/yard/a%20b/%C3%A9');
    expect([found.status, found.text]).toEqual([200, method === 'GET' ? 'data' : '']);
    expect(Object.fromEntries(found.headers)).toMatchObject({
      'content-type': 'text/x',
      'cache-control': 'no-cache',
      'x-amz-meta-colour': 'red',
      'content-length': '4',
      'accept-ranges': 'bytes',
    });
  }
  const other = await ask('GET', '/yard/a%20b/%C3%A9', { query: [['response-content-type', 'text/y']] });
  expect(other.headers.get('content-type')).toBe('text/y');
  expect((await ask('GET', '/yard/a%20b/%C3%A9', { query: [['response-content-type', 'a\r\nb']] })).code).toBe('InvalidArgument');
  expect((await put('/yard/x', 'data', { 'content-md5': 'abc' })).code).toBe('InvalidDigest');
  expect((await put('/yard/x', 'data', { 'content-md5': createHash('md5').update('other').digest('base64') })).code).toBe('BadDigest');
  expect((await put('/yard/x', 'data', { 'x-amz-meta-a': 'm'.repeat(3_000) })).code).toBe('MetadataTooLarge');
  expect((await put('/yard/x', 'data', { 'x-amz-acl': 'public-read' })).status).toBe(501);
  expect((await put('/yard/x', 'data', { 'x-amz-checksum-crc64nvme': 'AAA=' })).status).toBe(501);
  expect((await put(`/yard/${'k'.repeat(1_025)}`, 'data')).code).toBe('KeyTooLongError');
  expect((await ask('GET', '/yard/x')).code).toBe('NoSuchKey');
});

/** Status, body, and what it says of the range. */
const ranged = async (range: string, method = 'GET') => {
  const answer = await ask(method, '/yard/digits', { headers: { range } });
  return [answer.status, answer.code ?? answer.text, answer.headers.get('content-range'), answer.headers.get('content-length')];
};

test('ranges', async () => {
  await put('/yard/digits', '0123456789');
  expect(await ranged('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10', '3']);
  expect(await ranged('bytes=7-')).toEqual([206, '789', 'bytes 7-9/10', '3']);
  expect(await ranged('bytes=-2')).toEqual([206, '89', 'bytes 8-9/10', '2']);
  expect(await ranged('bytes=-20')).toEqual([206, '0123456789', 'bytes 0-9/10', '10']);
  expect(await ranged('bytes=8-99', 'HEAD')).toEqual([206, '', 'bytes 8-9/10', '2']);
  expect((await ranged('bytes=10-')).slice(0, 3)).toEqual([416, 'InvalidRange', 'bytes */10']);
  expect((await ranged('bytes=5-2'))[0]).toBe(200);
  expect((await ranged('lines=1-2'))[0]).toBe(200);
});

const statusUnder = async (headers: Record<string, string>) => (await ask('GET', '/yard/cond', { headers })).status;

test('conditions', async () => {
  const etag = (await put('/yard/cond', 'x')).headers.get('etag') ?? '';
  const [past, future] = [new Date(0).toUTCString(), new Date(Date.now() + 60_000).toUTCString()];
  expect(await statusUnder({ 'if-match': etag })).toBe(200);
  expect(await statusUnder({ 'if-match': '"x"' })).toBe(412);
  expect(await statusUnder({ 'if-none-match': `"x", ${etag}` })).toBe(304);
  expect(await statusUnder({ 'if-modified-since': future })).toBe(304);
  expect(await statusUnder({ 'if-modified-since': past })).toBe(200);
  expect(await statusUnder({ 'if-unmodified-since': past })).toBe(412);
  expect(await statusUnder({ 'if-match': etag, 'if-unmodified-since': past })).toBe(200);
  expect(await statusUnder({ 'if-modified-since': 'never' })).toBe(200);
  expect((await put('/yard/cond', 'y', { 'if-none-match': '*' })).code).toBe('PreconditionFailed');
  expect((await put('/yard/cond', 'y', { 'if-match': etag })).status).toBe(200);
  expect((await put('/yard/cond', 'z', { 'if-match': etag })).status).toBe(412);
});

test('copies: with what was said of the source, or with something else', async () => {
  await put('/yard/source', 'copied', { 'x-amz-meta-a': '1' });
  const copy = (path: string, headers: Record<string, string>) =>
    ask('PUT', path, { headers: { 'x-amz-copy-source': '/yard/source', ...headers } });
  expect((await copy('/yard/copy', {})).text).toContain(`<ETag>&quot;${md5('copied')}&quot;</ETag>`);
  expect((await ask('GET', '/yard/copy')).headers.get('x-amz-meta-a')).toBe('1');
  await copy('/yard/copy', { 'x-amz-metadata-directive': 'REPLACE', 'x-amz-meta-b': '2' });
  const replaced = await ask('GET', '/yard/copy');
  expect([replaced.text, replaced.headers.get('x-amz-meta-a'), replaced.headers.get('x-amz-meta-b')]).toEqual(['copied', null, '2']);
  expect((await copy('/yard/source', {})).code).toBe('InvalidRequest');
  expect((await copy('/yard/source', { 'x-amz-metadata-directive': 'REPLACE' })).status).toBe(200);
  expect((await copy('/yard/copy', { 'x-amz-copy-source-if-match': '"x"' })).status).toBe(412);
  expect((await copy('/yard/copy', { 'x-amz-copy-source-if-none-match': '*' })).status).toBe(412);
  expect((await copy('/yard/copy', { 'x-amz-acl': 'public-read' })).status).toBe(501);
  expect((await copy('/yard/copy', { 'x-amz-copy-source': '/yard/absent' })).code).toBe('NoSuchKey');
  for (const source of ['yard', '/', '%zz', 'yard/source?versionId=1'])
    expect((await copy('/yard/copy', { 'x-amz-copy-source': source })).code).toBe('InvalidArgument');
});

/** Files of objects that this process has open. */
async function openFiles(): Promise<readonly string[]> {
  const links = await Promise.all((await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return links.filter((link) => link.includes('/nova-s3-'));
}

test('what is refused leaves no file open', async () => {
  await put('/yard/source', 'copied');
  const headers = { 'x-amz-copy-source': '/yard/source' };
  for (const number of ['1', '0']) {
    const query: [string, string][] = [
      ['uploadId', '00000000-0000-4000-8000-000000000000'],
      ['partNumber', number],
    ];
    expect((await ask('PUT', '/yard/parts', { query, headers })).status).toBeGreaterThanOrEqual(400);
  }
  expect((await ask('PUT', '/yard/source', { headers })).code).toBe('InvalidRequest');
  expect((await ask('GET', '/yard/source', { query: [['response-content-type', 'a\r\nb']] })).code).toBe('InvalidArgument');
  await expect.poll(openFiles).toEqual([]);
});

/** Names that are hard to write in XML, in URLs or in headers. */
const HARD = [
  '<&>"\'',
  ']]>',
  'a+b c%20d',
  '..b',
  '//x//',
  'ctrl \u0001\r\n\u0085',
  '\u{1F600}',
  '?#;',
  "'; DROP TABLE buckets; --",
  '\uFFFF',
];

test('hard names are listed as they are, and deleted many at a time', async () => {
  await ask('PUT', '/hard');
  for (const key of HARD) expect((await put(`/hard/${encodeURIComponent(key)}`, key)).status, key).toBe(200);
  for (const key of HARD) expect((await ask('GET', `/hard/${encodeURIComponent(key)}`)).text).toBe(key);
  const encoded = (
    await ask('GET', '/hard', {
      query: [
        ['list-type', '2'],
        ['encoding-type', 'url'],
      ],
    })
  ).text;
  const names = [...encoded.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, name]) => decodeURIComponent(name ?? ''));
  expect(names.toSorted()).toEqual(HARD.toSorted());
  const plain = (await ask('GET', '/hard', { query: [['list-type', '2']] })).text;
  expect(plain).toContain('<Key>ctrl &#x1;&#xD;\n&#x85;</Key>');
  const keys = [...plain.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, name]) => `<Object><Key>${name}</Key></Object>`);
  const gone = await ask('POST', '/hard', {
    query: [['delete', '']],
    body: `<Delete>${keys.join('')}<Object><Key>absent</Key></Object></Delete>`,
  });
  expect(gone.text.match(/<Deleted>/g)).toHaveLength(HARD.length + 1);
  expect((await ask('GET', '/hard')).text).not.toContain('<Contents>');
  for (const body of ['', '<Delete/>', '<Delete', 'x', '<!DOCTYPE x [<!ENTITY a "b">]><Delete><Object><Key>&a;</Key></Object></Delete>'])
    expect((await ask('POST', '/hard', { query: [['delete', '']], body })).code).toBe('MalformedXML');
});

test('of many names, one that no object can have lets the others be', async () => {
  await put('/yard/kept', 'x');
  const body = `<Delete><Object><Key>kept</Key></Object><Object><Key>${'z'.repeat(1_025)}</Key></Object></Delete>`;
  expect((await ask('POST', '/yard', { query: [['delete', '']], body })).code).toBe('KeyTooLongError');
  expect((await ask('HEAD', '/yard/kept')).status).toBe(200);
  await ask('DELETE', '/yard/kept');
});

test('pages of a list, in both versions', async () => {
  await ask('PUT', '/pages');
  for (const key of ['a/1', 'a/2', 'b', 'c/1', 'd']) await put(`/pages/${key}`, 'x');
  const walk = async (version: '1' | '2') => {
    const found: string[] = [];
    for (let next: string | undefined = ''; next !== undefined; ) {
      const after: [string, string] = version === '2' ? ['continuation-token', next] : ['marker', next];
      const query: [string, string][] = [
        ['max-keys', '2'],
        ['delimiter', '/'],
        ...(version === '2' ? [['list-type', '2'] as [string, string]] : []),
      ];
      const { text: page } = await ask('GET', '/pages', { query: next === '' ? query : [...query, after] });
      found.push(...[...page.matchAll(/<(?:Key|CommonPrefixes><Prefix)>([^<]*)</g)].map(([, name]) => name ?? ''));
      next = /<(?:NextContinuationToken|NextMarker)>([^<]*)</.exec(page)?.[1];
      expect(page.includes('<IsTruncated>true')).toBe(next !== undefined);
    }
    return found;
  };
  for (const version of ['1', '2'] as const) expect((await walk(version)).toSorted()).toEqual(['a/', 'b', 'c/', 'd']);
  const refused = async (...query: [string, string][]) => (await ask('GET', '/pages', { query })).code;
  expect(await refused(['max-keys', '-1'])).toBe('InvalidArgument');
  expect(await refused(['encoding-type', 'x'])).toBe('InvalidArgument');
  expect(await refused(['list-type', '2'], ['continuation-token', '!'])).toBe('InvalidArgument');
});

test('an object of parts', async () => {
  const begun = await ask('POST', '/yard/parts', { query: [['uploads', '']], headers: { 'x-amz-meta-p': 'q' } });
  const id = /<UploadId>([^<]+)</.exec(begun.text)?.[1] ?? '';
  const big = Buffer.alloc(5 * 1024 ** 2, 'a');
  const part = async (number: number, body: string | Buffer) =>
    (
      await ask('PUT', '/yard/parts', {
        query: [
          ['partNumber', String(number)],
          ['uploadId', id],
        ],
        body,
      })
    ).headers.get('etag');
  const etags = [await part(1, big), await part(2, 'bbb')];
  expect(
    (
      await ask('PUT', '/yard/parts', {
        query: [
          ['partNumber', '0'],
          ['uploadId', id],
        ],
        body: 'x',
      })
    ).code,
  ).toBe('InvalidArgument');
  expect((await ask('GET', '/yard/parts', { query: [['uploadId', id]] })).text).toMatch(/<PartNumber>1<.*<Size>5242880<.*<PartNumber>2</);
  expect((await ask('GET', '/yard', { query: [['uploads', '']] })).text).toContain(`<UploadId>${id}</UploadId>`);
  const parts = etags.map((etag, n) => `<Part><PartNumber>${n + 1}</PartNumber><ETag>${etag}</ETag></Part>`).join('');
  const complete = () =>
    ask('POST', '/yard/parts', { query: [['uploadId', id]], body: `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>` });
  const etag = /&quot;(\w+-2)&quot;/.exec((await complete()).text)?.[1];
  expect((await complete()).text).toContain(String(etag));
  const found = await ask('GET', '/yard/parts', { headers: { range: 'bytes=5242878-' } });
  expect([found.text, found.headers.get('x-amz-meta-p')]).toEqual(['aabbb', 'q']);
  expect((await ask('DELETE', '/yard/parts', { query: [['uploadId', id]] })).code).toBe('NoSuchUpload');
  expect((await ask('POST', '/yard/parts', { query: [['uploadId', id]], body: '<CompleteMultipartUpload/>' })).code).toBe('MalformedXML');
});

test('another project reaches nothing, whatever it asks for', async () => {
  await put('/yard/theirs', 'secret');
  for (const { method, level, parameter, header } of operations) {
    if (level === 'service') continue;
    const query: [string, string][] =
      parameter === undefined
        ? []
        : [
            [parameter, '00000000-0000-4000-8000-000000000000'],
            ...(parameter === 'uploadId' ? [['partNumber', '1'] as [string, string]] : []),
          ];
    const path = level === 'bucket' ? '/yard' : '/yard/theirs';
    const body =
      {
        delete: '<Delete><Object><Key>theirs</Key></Object></Delete>',
        uploadId: '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>',
      }[method === 'POST' ? (parameter ?? '') : ''] ?? '';
    const answer = await askS3(s3.origin, s3.other, method, path, {
      query,
      body,
      headers: header === undefined ? {} : { [header]: '/yard/theirs' },
    });
    const isMake = method === 'PUT' && level === 'bucket';
    expect([answer.status, answer.text.includes('secret')], `${method} ${path} ${parameter}`).toEqual([isMake ? 409 : 403, false]);
  }
  expect((await askS3(s3.origin, s3.other, 'GET', '/')).text).not.toContain('yard');
  await askS3(s3.origin, s3.other, 'PUT', '/others');
  const copied = await askS3(s3.origin, s3.other, 'PUT', '/others/x', { headers: { 'x-amz-copy-source': '/yard/theirs' } });
  expect(copied.code).toBe('AccessDenied');
  expect((await ask('GET', '/yard/theirs')).text).toBe('secret');
});

test('a bucket by its host', async () => {
  const { port } = new URL(s3.origin);
  const host = `yard.localhost:${port}`;
  const { headers } = signS3(`http://${host}`, s3.demo, 'GET', '/theirs', {});
  const answer = await new Promise<string>((resolve, reject) => {
    const sent = rawRequest(`${s3.origin}/theirs`, { headers: { ...headers, host } }, (found) => resolve(text(found)));
    sent.on('error', reject).end();
  });
  expect(answer).toBe('secret');
});

test('what there is not is refused by name', async () => {
  expect((await ask('GET', '/yard', { query: [['policy', '']] })).code).toBe('NoSuchBucketPolicy');
  expect((await ask('PUT', '/yard', { query: [['versioning', '']], body: 'x' })).status).toBe(501);
  expect((await ask('GET', '/yard', { query: [['versions', '']] })).code).toBe('NotImplemented');
  expect((await ask('GET', '/yard/theirs', { query: [['versionId', 'abc']] })).status).toBe(501);
  expect((await ask('PATCH', '/yard')).status).toBe(405);
  expect((await ask('DELETE', '/')).code).toBe('MethodNotAllowed');
});

const anything = oneof(
  string({ unit: 'binary', maxLength: 40 }),
  constantFrom('\0', '\uD800', '%', '"', '<x>', '-1', '9'.repeat(30), '../..'),
);
const parameters = [
  'prefix',
  'delimiter',
  'marker',
  'max-keys',
  'continuation-token',
  'start-after',
  'list-type',
  'encoding-type',
  'uploads',
  'uploadId',
  'partNumber',
  'key-marker',
  'upload-id-marker',
  'delete',
  'acl',
  'location',
  'response-content-type',
  'part-number-marker',
];

test('whatever is asked, the answer is no failure of the service', { timeout: 60_000 }, async () => {
  const asked = record({
    method: constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
    bucket: oneof(constant('yard'), anything),
    key: option(anything),
    query: array(tuple(constantFrom(...parameters), anything), { maxLength: 3 }),
    headers: dictionary(
      constantFrom('range', 'if-match', 'x-amz-copy-source', 'content-md5', 'x-amz-meta-x', 'if-modified-since'),
      string({ maxLength: 30 }),
      { maxKeys: 2 },
    ),
    body: oneof(constant(''), anything, constant('<Delete><Object><Key>\u0001</Key></Object></Delete>')),
  });
  await assert(
    asyncProperty(asked, async ({ method, bucket, key, query, headers, body }) => {
      const path = canonicalPath(
        `/${encodeURIComponent(bucket.toWellFormed())}${key === null ? '' : `/${encodeURIComponent(key.toWellFormed())}`}`,
      );
      const trimmed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.trim()]));
      const answer = await ask(method, path, { query, headers: trimmed, ...(method === 'GET' || method === 'HEAD' ? {} : { body }) });
      expect(answer.status === 501 || answer.status < 500, `${answer.status} ${answer.text}`).toBe(true);
    }),
    { numRuns: 250 },
  );
  expect((await ask('GET', '/yard/theirs')).status).toBeLessThan(500);
});
