import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { systemIds } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import type { ObjectHeaders } from '../objects/stored-object.ts';
import { novaPolicy } from '../policy/policy.ts';
import { ObjectStoreApi } from './api.ts';
import { recoverData } from './data/collect.ts';
import { FileDataStore } from './drivers/builtin/file-store.ts';

const alice: Context = { requestId: 'req-1', userId: 'u', projectId: 'alice', roles: ['member', 'reader'], isAdmin: false };
const bob: Context = { ...alice, projectId: 'bob' };
const PART = 5 * 1024 ** 2;

let database: TestDatabase;
let directory: string;
let store: FileDataStore;
let api: ObjectStoreApi;
beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'nova-objects-'));
  store = await FileDataStore.open({ directory });
  api = apiWith({ buckets: 5, gigabytes: -1 });
  await api.buckets.create(alice, 'yard', 'RegionOne');
});
afterAll(async () => {
  await database?.drop();
  await rm(directory, { recursive: true, force: true });
});

const apiWith = (limits: { buckets: number; gigabytes: number }) =>
  new ObjectStoreApi({ db: database.db, store, ids: systemIds, policy: novaPolicy(), limits });

/** Data as it arrives. */
const arriving = (data: string | Buffer, more: object = {}) => ({
  chunks: (async function* () {
    yield Buffer.from(data);
  })(),
  algorithms: [],
  told: () => ({}),
  headers: {} as ObjectHeaders,
  ...more,
});
const put = (key: string, data: string | Buffer, more: object = {}) =>
  api.objects.write(alice, { bucket: 'yard', key }, arriving(data, more));
const read = async (key: string, pick?: () => { first: number; last: number }) => {
  const { chunks } = await api.objects.read(alice, { bucket: 'yard', key }, pick ? { pick } : {});
  return String(Buffer.concat(await Array.fromAsync(chunks)));
};
const files = async () => (await Array.fromAsync(store.names())).flatMap(({ names }) => names);
const clear = async () => {
  const entries = await api.list(alice, { bucket: 'yard', prefix: '', delimiter: undefined, after: undefined, limit: 1_000 });
  await api.objects.delete(
    alice,
    'yard',
    entries.flatMap((entry) => ('object' in entry ? [entry.object.key] : [])),
  );
};
const refusal = async (work: Promise<unknown>) =>
  await work.then(
    () => undefined,
    ({ code }) => code,
  );

test('an object is what was written last; what it replaces leaves no file', async () => {
  await put('a', 'first');
  const { etag, sizeBytes } = await put('a', 'second');
  expect([etag, sizeBytes, await read('a'), (await files()).length]).toEqual(['a9f0e61a137d86aa9db53465e0801612', 6, 'second', 1]);
  expect(await read('a', () => ({ first: 1, last: 3 }))).toBe('eco');
  await api.objects.delete(alice, 'yard', ['a', 'never there']);
  expect(await refusal(read('a'))).toBe('NoSuchKey');
  expect(await files()).toEqual([]);
});

test('an empty object is an object', async () => {
  await put('empty', '');
  expect(await read('empty')).toBe('');
  await clear();
});

test('data that is not as its sender said is refused, and leaves nothing', async () => {
  expect(await refusal(put('x', 'abc', { md5: '0'.repeat(32) }))).toBe('BadDigest');
  expect(await refusal(put('x', 'abc', { sizeBytes: 4 }))).toBe('IncompleteBody');
  expect(await refusal(put('x', 'abc', { sizeBytes: 2 }))).toBe('IncompleteBody');
  expect(await refusal(put('x', 'abc', { algorithms: ['crc32c'], told: () => ({ crc32c: 'AAAAAA==' }) }))).toBe('BadDigest');
  const told = { crc32: 'NSRBwg==', crc32c: 'Nks/tw==', sha1: 'qZk+NkcGgWq6PiVxeFDCbJzQ2J0=' };
  const { checksums } = await put('x', 'abc', { algorithms: ['crc32', 'crc32c', 'sha1'], told: () => told });
  expect(checksums).toEqual(told);
  const broken = (async function* () {
    yield Buffer.from('half');
    throw new Error('the client is gone');
  })();
  await expect(put('x', '', { chunks: broken })).rejects.toThrow('the client is gone');
  expect(await read('x')).toBe('abc');
  expect(await files()).toHaveLength(1);
  await clear();
});

test('conditions of writing hold among many at a time', async () => {
  const first = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => put('once', `${n}`, { conditions: { ifNoneMatch: '*' } })));
  expect(first.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const { etag } = await api.objects.show(alice, { bucket: 'yard', key: 'once' });
  const next = await Promise.allSettled(
    Array.from({ length: 8 }, (_, n) => put('once', `new ${n}`, { conditions: { ifMatch: `"${etag}"` } })),
  );
  expect(next.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await refusal(put('nothing', '', { conditions: { ifMatch: etag } }))).toBe('NoSuchKey');
  expect(await files()).toHaveLength(1);
  await clear();
});

test('lists are in the order of bytes, and roll up what begins alike', async () => {
  const keys = ['a', 'a/', 'a/b/c', 'a/b/d', 'a/\u{1F600}', 'a/\uFFFD', 'a0', 'b/1', 'é', '\u0001'];
  for (const key of keys) await put(key, key);
  const page = {
    bucket: 'yard',
    prefix: '',
    delimiter: undefined as string | undefined,
    after: undefined as string | undefined,
    limit: 100,
  };
  const names = async (more: Partial<typeof page>) =>
    (await api.list(alice, { ...page, ...more })).map((entry) => ('object' in entry ? entry.object.key : `${entry.prefix}*`));
  const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(await names({})).toEqual(sorted);
  const paged: string[] = [];
  for (let after: string | undefined; ; ) {
    const found = await names({ after, limit: 3 });
    paged.push(...found);
    if (found.length < 3) break;
    after = found.at(-1);
  }
  expect(paged).toEqual(sorted);
  expect(await names({ delimiter: '/' })).toEqual(['\u0001', 'a', 'a/*', 'a0', 'b/*', 'é']);
  expect(await names({ delimiter: '/', after: 'a/' })).toEqual(['a0', 'b/*', 'é']);
  expect(await names({ delimiter: '/', limit: 2, after: 'a' })).toEqual(['a/*', 'a0']);
  expect(await names({ delimiter: '/', prefix: 'a/' })).toEqual(['a/', 'a/b/*', 'a/\uFFFD', 'a/\u{1F600}']);
  expect(await names({ prefix: 'a/b', limit: 1 })).toEqual(['a/b/c']);
  expect(await names({ prefix: 'zzz' })).toEqual([]);
  await clear();
});

test('an object of parts: in their order, from any of them, once complete', async () => {
  const upload = await api.uploads.begin(alice, { bucket: 'yard', key: 'big' }, { 'content-type': 'x/y' });
  const [one, two] = [Buffer.alloc(PART, 'a'), 'bbb'];
  const ref = { bucket: 'yard', key: 'big', id: upload.id };
  const part = (number: number, data: string | Buffer) => api.uploads.write(alice, ref, number, arriving(data));
  const second = await part(2, two);
  await part(1, 'too small');
  const first = await part(1, one);
  await part(7, 'unused');
  expect((await api.uploads.parts(alice, ref, { after: 0, limit: 10 })).map(({ number }) => number)).toEqual([1, 2, 7]);
  const complete = (...parts: [number, string][]) =>
    api.uploads.complete(
      alice,
      ref,
      parts.map(([number, etag]) => ({ number, etag })),
      {},
    );
  expect(await refusal(complete([2, second], [1, first]))).toBe('InvalidPartOrder');
  expect(await refusal(complete([1, second]))).toBe('InvalidPart');
  expect(await refusal(complete([2, second], [7, await part(7, 'last')]))).toBe('EntityTooSmall');
  expect(await refusal(complete())).toBe('InvalidRequest');
  const made = await complete([1, first], [2, second]);
  expect(made).toMatchObject({ sizeBytes: PART + 3, etag: expect.stringMatching(/^[0-9a-f]{32}-2$/), headers: { 'content-type': 'x/y' } });
  expect(await complete([1, first], [2, second])).toEqual(made);
  expect(await read('big', () => ({ first: PART - 2, last: PART + 1 }))).toBe('aabb');
  expect(await refusal(part(3, 'late'))).toBe('NoSuchUpload');
  await recoverData({ db: database.db, store });
  expect(await files()).toHaveLength(2);
  await clear();
  // Parts stay for those that download them.
  expect(await files()).toHaveLength(2);
  await sql`UPDATE object_data SET removable_at = now()`.execute(database.db);
  await recoverData({ db: database.db, store });
  expect(await files()).toEqual([]);
});

test('parts of one number at a time leave one; an aborted upload leaves none', async () => {
  const { id } = await api.uploads.begin(alice, { bucket: 'yard', key: 'k' }, {});
  const ref = { bucket: 'yard', key: 'k', id };
  await Promise.all(Array.from({ length: 6 }, (_, n) => api.uploads.write(alice, ref, 1, arriving(`${n}`))));
  expect(await api.uploads.parts(alice, ref, { after: 0, limit: 10 })).toHaveLength(1);
  expect(await api.uploads.list(alice, { bucket: 'yard', prefix: '', after: undefined, limit: 10 })).toMatchObject([{ id, key: 'k' }]);
  await api.uploads.abort(alice, ref);
  expect(await files()).toEqual([]);
  expect(await refusal(api.uploads.abort(alice, ref))).toBe('NoSuchUpload');
  expect(await refusal(api.uploads.abort(alice, { ...ref, id: "'; --" }))).toBe('NoSuchUpload');
});

test('a bucket is closed to other projects, whose names it takes', async () => {
  await put('mine', 'secret');
  const ref = { bucket: 'yard', key: 'mine' };
  const page = { bucket: 'yard', prefix: '', after: undefined, limit: 1 };
  const works = [
    api.objects.read(bob, ref),
    api.objects.write(bob, ref, arriving('x')),
    api.objects.delete(bob, 'yard', ['mine']),
    api.list(bob, { ...page, delimiter: undefined }),
    api.buckets.delete(bob, 'yard'),
    api.uploads.begin(bob, ref, {}),
    api.uploads.list(bob, page),
  ];
  expect(await Promise.all(works.map(refusal))).toEqual(works.map(() => 'AccessDenied'));
  expect(await refusal(api.buckets.create(bob, 'yard', ''))).toBe('BucketAlreadyExists');
  expect(await refusal(api.buckets.create(alice, 'yard', ''))).toBe('BucketAlreadyOwnedByYou');
  expect(await refusal(api.buckets.delete(alice, 'yard'))).toBe('BucketNotEmpty');
  expect(await refusal(api.objects.write({ ...alice, roles: ['reader'] }, ref, arriving('x')))).toBe('AccessDenied');
  expect(await read('mine')).toBe('secret');
  await clear();
});

test.each(['ab', 'Capital', 'under_score', '-a-', 'a..b', '10.0.0.1', 'a'.repeat(64), 'healthcheck', 'a/b'])(
  'no bucket is called %s',
  async (name) => {
    expect(await refusal(api.buckets.create(alice, name, ''))).toBe('InvalidBucketName');
  },
);

test('limits hold for a project, among many requests at a time', async () => {
  const made = await Promise.allSettled(Array.from({ length: 9 }, (_, n) => api.buckets.create(bob, `bobs-${n}`, '')));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  const small = apiWith({ buckets: -1, gigabytes: 20 / 1024 ** 3 });
  await small.buckets.create({ ...alice, projectId: 'carol' }, 'carols', '');
  const carol = { ...alice, projectId: 'carol' };
  const write = (key: string, more = {}) => small.objects.write(carol, { bucket: 'carols', key }, arriving('12345678', more));
  const written = await Promise.allSettled(Array.from({ length: 6 }, (_, n) => write(`${n}`)));
  expect(written.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(await refusal(write('x', { sizeBytes: 100 }))).toBe('QuotaExceeded');
  // One in place of another takes no more room.
  const [there] = await small.list(carol, { bucket: 'carols', prefix: '', delimiter: undefined, after: undefined, limit: 1 });
  await write(there && 'object' in there ? there.object.key : '');
  expect((await files()).length).toBe(2);
});

test('a read that begins while the object is replaced gets one of the two', async () => {
  await put('busy', 'old');
  const reads = Array.from({ length: 20 }, () => read('busy'));
  const writes = Array.from({ length: 20 }, () => put('busy', 'new'));
  for (const found of await Promise.all(reads)) expect(['old', 'new']).toContain(found);
  await Promise.all(writes);
  expect(await files()).toHaveLength(3);
});

test('foreign files in the directory are left alone', async () => {
  await writeFile(join(directory, 'README'), 'x');
  expect(await readdir(directory)).toContain('README');
  expect((await files()).every((name) => /^[0-9a-f-]{36}$/.test(name))).toBe(true);
  expect(await recoverData({ db: database.db, store })).toBe(0);
  expect(await readdir(directory)).toContain('README');
});
