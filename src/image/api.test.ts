import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../lib/clock/manual-clock.ts';
import { systemIds } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import { novaPolicy, PolicyForbidden } from '../policy/policy.ts';
import { ImageApi } from './api.ts';
import { FileImageStore } from './drivers/builtin/file-store.ts';
import {
  ImageForbidden,
  ImageIdTaken,
  ImageIncomplete,
  ImageNotActive,
  ImageNotFound,
  ImagePassRefused,
  ImageProtected,
  ImageTooLarge,
  ImageTransitionRefused,
} from './errors.ts';
import { ImagePasses } from './image-pass.ts';
import { ImageFormatRefused } from './formats/refusals.ts';
import type { ImageQuery, NewImage } from './image.ts';
import { recoverImages } from './recover.ts';

const clock = new ManualClock();
const passes = new ImagePasses({ secret: 'secret', clock });

let database: TestDatabase;
let directory: string;
let store: FileImageStore;
let images: ImageApi;

beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'nova-images-'));
  store = await FileImageStore.open({ directory });
  images = new ImageApi({ db: database.db, store, ids: systemIds, policy: novaPolicy(), passes, maxSizeBytes: 1_000_000 });
});
afterAll(async () => {
  await database?.drop();
  await rm(directory, { recursive: true, force: true });
});

const caller = (projectId: string, ...roles: string[]): Context => ({
  requestId: 'req-1',
  userId: `${projectId}-user`,
  projectId,
  roles,
  isAdmin: roles.includes('admin'),
});
const alice = caller('alice', 'member');
const bob = caller('bob', 'member');
const admin = caller('operators', 'admin');
const raw: NewImage = { name: 'an image', diskFormat: 'raw', containerFormat: 'bare' };

async function* chunksOf(...chunks: (Uint8Array | string)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half');
  throw new Error('aborted');
}

const bytesOf = async (ctx: Context, id: string): Promise<Buffer | undefined> => {
  const { data } = await images.download(ctx, id);
  return data && Buffer.concat(await Array.fromAsync(data.chunks));
};

/** An upload that pauses in the middle until it is released. */
const slowly = () => {
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('first ');
    start();
    await released;
    yield Buffer.from('second');
  }
  return { chunks: chunks(), started, release };
};

const newest: Pick<ImageQuery, 'sort' | 'limit'> = { sort: [{ key: 'created_at', direction: 'desc' }], limit: 100 };

test('an image is queued until its data is whole, then active with its sizes and hashes', async () => {
  const image = await images.create(alice, raw);
  expect(image).toMatchObject({ status: 'queued', owner: 'alice', visibility: 'shared', sizeBytes: null });
  expect(await bytesOf(alice, image.id)).toBeUndefined();
  const data = Buffer.alloc(200_000, 'abc');
  await images.upload(alice, image.id, chunksOf(data.subarray(0, 7), data.subarray(7, 90_000), data.subarray(90_000)));
  expect(await images.show(alice, image.id)).toMatchObject({
    status: 'active',
    sizeBytes: 200_000,
    virtualSizeBytes: 200_000,
    md5: createHash('md5').update(data).digest('hex'),
    sha512: createHash('sha512').update(data).digest('hex'),
  });
  expect(data.equals((await bytesOf(alice, image.id)) ?? Buffer.alloc(0))).toBe(true);
  expect(await images.meta(alice, image.id)).toMatchObject({ id: image.id, sizeBytes: 200_000, diskFormat: 'raw' });
});

test('data is uploaded once, and by one upload at a time', async () => {
  const { id } = await images.create(alice, raw);
  const slow = slowly();
  const uploading = images.upload(alice, id, slow.chunks);
  await slow.started;
  expect((await images.show(alice, id)).status).toBe('saving');
  await expect(images.upload(alice, id, chunksOf('other'))).rejects.toThrow(ImageTransitionRefused({ from: 'saving', to: 'saving' }));
  slow.release();
  await uploading;
  await expect(images.upload(alice, id, chunksOf('other'))).rejects.toThrow('Image status transition from active to saving is not allowed');
  expect(String(await bytesOf(alice, id))).toBe('first second');
});

test('an image deleted while it is uploaded leaves nothing', async () => {
  const { id } = await images.create(alice, raw);
  const slow = slowly();
  const uploading = images.upload(alice, id, slow.chunks);
  await slow.started;
  await images.delete(alice, id);
  slow.release();
  await expect(uploading).rejects.toThrow(ImageNotFound({ id }));
  expect(await store.ids()).not.toContain(id);
});

test.each<[what: string, image: NewImage, chunks: () => AsyncIterable<Uint8Array>, error: { is(error: unknown): boolean }]>([
  ['too large', raw, () => chunksOf(Buffer.alloc(600_000), Buffer.alloc(600_000)), ImageTooLarge],
  ['empty', raw, () => chunksOf(), ImageIncomplete],
  ['without formats', { name: 'x' }, () => chunksOf('data'), ImageIncomplete],
  ['not the declared qcow2', { ...raw, diskFormat: 'qcow2' }, () => chunksOf('just text'), ImageFormatRefused],
  ['a qcow2 under the name of raw', raw, () => chunksOf('Q', 'FI', Buffer.from([0xfb]), Buffer.alloc(100)), ImageFormatRefused],
])('an upload that is %s is refused, and the image waits for better data', async (_what, image, chunks, error) => {
  const { id } = await images.create(alice, image);
  const refusal = await images.upload(alice, id, chunks()).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error.is(refusal)).toBe(true);
  expect((await images.show(alice, id)).status).toBe('queued');
  expect(await store.ids()).not.toContain(id);
  expect(await readdir(join(directory, 'incoming'))).toEqual([]);
});

test('a qcow2 that is cut off or whose disk is too large is refused', async () => {
  const head = Buffer.alloc(4096);
  head.set([0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 2]);
  head.writeUInt32BE(16, 20);
  head.writeBigUInt64BE(1024n ** 3n, 24);
  head.writeUInt32BE(2, 36);
  head.writeBigUInt64BE(65_536n, 40);
  const { id } = await images.create(alice, { ...raw, diskFormat: 'qcow2' });
  await expect(images.upload(alice, id, chunksOf(head))).rejects.toThrow(ImageFormatRefused({ because: 'it is cut off' }));
  head.writeBigUInt64BE(1024n ** 5n, 24);
  head.writeUInt32BE(2 ** 21, 36);
  await expect(images.upload(alice, id, chunksOf(head))).rejects.toThrow('its disk would have 1125899906842624 bytes');
});

test('a client that goes away leaves the image queued', async () => {
  const { id } = await images.create(alice, raw);
  await expect(images.upload(alice, id, broken())).rejects.toThrow('aborted');
  expect((await images.show(alice, id)).status).toBe('queued');
  await images.upload(alice, id, chunksOf('whole'));
  expect(String(await bytesOf(alice, id))).toBe('whole');
});

test("another project's image is not found, unless it is public or a community image", async () => {
  const mine = await images.create(alice, { ...raw, visibility: 'private', name: 'isolation' });
  const community = await images.create(alice, { ...raw, visibility: 'community', name: 'isolation' });
  const open = await images.create(admin, { ...raw, visibility: 'public', name: 'isolation' });
  await expect(images.show(bob, mine.id)).rejects.toThrow(ImageNotFound({ id: mine.id }));
  await expect(images.download(bob, mine.id)).rejects.toThrow(ImageNotFound({ id: mine.id }));
  await expect(images.upload(bob, mine.id, chunksOf('x'))).rejects.toThrow(ImageNotFound({ id: mine.id }));
  await expect(images.delete(bob, mine.id)).rejects.toThrow(ImageNotFound({ id: mine.id }));
  await expect(images.delete(bob, open.id)).rejects.toThrow(ImageForbidden({ verb: 'delete' }));
  await expect(images.upload(bob, community.id, chunksOf('x'))).rejects.toThrow(ImageForbidden({ verb: 'upload data for' }));
  const idsFor = async (ctx: Context, visibility?: ImageQuery['visibility']) =>
    (await images.list(ctx, { ...newest, values: { name: ['isolation'] }, ...(visibility && { visibility }) })).map((image) => image.id);
  expect(await idsFor(bob)).toEqual([open.id]);
  expect(await idsFor(bob, 'all')).toEqual([open.id, community.id]);
  expect(await idsFor(bob, 'private')).toEqual([]);
  expect(await idsFor(alice)).toEqual([open.id, community.id, mine.id]);
  expect(await idsFor(admin)).toEqual([open.id, community.id, mine.id]);
});

test('only an admin publishes, a reader changes nothing, and a protected image stays', async () => {
  await expect(images.create(alice, { ...raw, visibility: 'public' })).rejects.toThrow(PolicyForbidden({ rule: 'publicize_image' }));
  await expect(images.create(caller('alice', 'reader'), raw)).rejects.toThrow(PolicyForbidden({ rule: 'add_image' }));
  await expect(images.create(alice, { ...raw, owner: 'bob' })).rejects.toThrow(PolicyForbidden({ rule: 'add_image' }));
  const { id } = await images.create(alice, { ...raw, isProtected: true });
  await expect(images.delete(alice, id)).rejects.toThrow(ImageProtected({ id }));
  await expect(images.update(alice, id, () => ({ visibility: 'public' }))).rejects.toThrow(PolicyForbidden({ rule: 'publicize_image' }));
  expect(await images.update(alice, id, () => ({ isProtected: false, name: 'free', properties: { a: 'b' } }))).toMatchObject({
    name: 'free',
    properties: { a: 'b' },
  });
  await images.delete(alice, id);
  await expect(images.show(alice, id)).rejects.toThrow(ImageNotFound({ id }));
  await expect(images.create(alice, { ...raw, id })).rejects.toThrow(ImageIdTaken({ id }));
});

test('an invalid id, and an image without data, are refused by name', async () => {
  await expect(images.show(alice, 'cirros')).rejects.toThrow('No image found with ID cirros');
  const { id } = await images.create(alice, raw);
  await expect(images.meta(alice, id)).rejects.toThrow(ImageNotActive({ id }));
});

test('a list is filtered, sorted, and walked page by page without loss or repetition', async () => {
  const project = caller('pages', 'member');
  const names = ['b', 'a', 'c', 'b', 'a'];
  for (const [index, name] of names.entries())
    await images.create(project, { ...raw, name, tags: [`t${index}`], properties: { image_type: name } });
  const query: ImageQuery = { values: { owner: ['pages'] }, sort: [{ key: 'name', direction: 'asc' }], limit: 2 };
  const walked: string[] = [];
  for (let marker: string | undefined; ; ) {
    const page = await images.list(project, { ...query, ...(marker !== undefined && { marker }) });
    if (page.length === 0) break;
    walked.push(...page.map((image) => `${image.name}${image.tags[0]}`));
    marker = page.at(-1)?.id;
  }
  expect(walked).toEqual(['at1', 'at4', 'bt0', 'bt3', 'ct2']);
  expect(await images.list(project, { ...newest, properties: { image_type: 'c' } })).toHaveLength(1);
  expect(await images.list(project, { ...newest, tags: ['t3'] })).toMatchObject([{ name: 'b' }]);
  expect(await images.list(project, { ...newest, values: { status: ['active'], owner: ['pages'] } })).toEqual([]);
  const hidden = await images.create(project, { ...raw, name: 'hidden', isHidden: true });
  expect((await images.list(project, { ...newest, values: { owner: ['pages'] } })).map((image) => image.id)).not.toContain(hidden.id);
  await expect(images.list(project, { ...newest, marker: systemIds.uuid() })).rejects.toThrow('No image found');
});

test('after a crash during an upload the next start cleans up, and the data can be uploaded again', async () => {
  const kept = await images.create(alice, raw);
  await images.upload(alice, kept.id, chunksOf('kept'));
  const { id } = await images.create(alice, raw);
  // What a process killed in the middle leaves: a row that is saving, an incoming file, perhaps a file renamed without its row.
  await database.db.updateTable('images').set({ status: 'saving', upload: 'gone' }).where('id', '=', id).execute();
  await writeFile(join(directory, 'incoming', `${id}.0011`), 'half');
  await writeFile(join(directory, id), 'whole, but never said so');
  expect(await recoverImages({ db: database.db, store })).toMatchObject({ reset: 1, removed: 1 });
  expect(await readdir(join(directory, 'incoming'))).toEqual([]);
  expect((await images.show(alice, id)).status).toBe('queued');
  await images.upload(alice, id, chunksOf('again'));
  expect(String(await bytesOf(alice, id))).toBe('again');
  expect(String(await bytesOf(alice, kept.id))).toBe('kept');
});

const dataOf = async (pass: string, id: string): Promise<string> => {
  const { data } = await images.downloadBy(pass, id);
  return data ? String(Buffer.concat(await Array.fromAsync(data.chunks))) : '';
};

test('a pass is issued only to callers who may download the image', async () => {
  const { id } = await images.create(alice, { ...raw, visibility: 'private' });
  await images.upload(alice, id, chunksOf('private data'));
  await expect(images.passTo(bob, id)).rejects.toThrow(ImageNotFound({ id }));
  expect(await dataOf(await images.passTo(alice, id), id)).toBe('private data');
});

test('a pass to a deleted image is issued, because a host may have a copy, but opens nothing', async () => {
  const { id } = await images.create(alice, raw);
  await images.upload(alice, id, chunksOf('data'));
  await images.delete(alice, id);
  await expect(dataOf(await images.passTo(alice, id), id)).rejects.toThrow(ImageNotFound({ id }));
});

test('a pass expires after an hour, and cannot be prolonged or used for another image', async () => {
  const [one, two] = [await images.create(alice, raw), await images.create(alice, raw)];
  for (const { id } of [one, two]) await images.upload(alice, id, chunksOf(`data of ${id}`));
  const pass = await images.passTo(alice, one.id);
  const [prefix, , end, signature] = pass.split('.');
  const forged = [
    [prefix, two.id, end, signature].join('.'),
    [prefix, one.id, Number(end) + 1, signature].join('.'),
    [prefix, one.id, end].join('.'),
    [prefix, one.id, `${end} `, signature].join('.'),
    `${pass}x`,
    new ImagePasses({ secret: 'another', clock }).passTo(one.id),
    '',
  ];
  for (const text of forged) await expect(dataOf(text, one.id)).rejects.toSatisfy(ImagePassRefused.is);
  await expect(dataOf(pass, two.id)).rejects.toSatisfy(ImagePassRefused.is);
  await expect(dataOf([prefix, two.id, end, signature].join('.'), two.id)).rejects.toSatisfy(ImagePassRefused.is);
  await clock.advance(3_599_000);
  expect(await dataOf(pass, one.id)).toBe(`data of ${one.id}`);
  await clock.advance(1_000);
  await expect(dataOf(pass, one.id)).rejects.toSatisfy(ImagePassRefused.is);
});

test('an image of a server that boots from volumes is active without data, once, and has none to read', async () => {
  const { id } = await images.create(alice, { ...raw, properties: { block_device_mapping: '[]' } });
  for (const _again of [1, 2]) await images.completeEmpty(alice, id);
  expect(await images.show(alice, id)).toMatchObject({ status: 'active', sizeBytes: 0 });
  expect((await images.download(alice, id)).data).toBe(undefined);
  expect(await images.meta(alice, id)).toMatchObject({ sizeBytes: 0 });
  await recoverImages({ db: database.db, store });
  expect(await images.show(alice, id)).toMatchObject({ status: 'active' });
});
