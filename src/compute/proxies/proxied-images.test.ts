/** Images by way of compute, over HTTP. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { openOperatorFace, type OperatorFace, projects } from '../../../test/support/operator-face.ts';
import { ImageApi } from '../../image/api.ts';
import { FileImageStore } from '../../image/drivers/builtin/file-store.ts';
import { ImagePasses } from '../../image/image-pass.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { novaPolicy } from '../../policy/policy.ts';

let database: TestDatabase;
let directory: string;
let images: ImageApi;
let face: OperatorFace;
const NOBODY = '5a5e6863-e4f8-4a71-8da1-adeff9c4cb79';
const SERVER = '616fb98f-46ca-475e-917e-2563e5a8cd19';
const ids: Record<string, string> = {};

const as = (project: 'demo' | 'admin') => ({
  requestId: systemIds.uuid(),
  userId: project,
  projectId: projects[project],
  roles: [project === 'admin' ? 'admin' : 'member'],
  isAdmin: project === 'admin',
});

beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'nova-proxied-images-'));
  const { db } = database;
  const store = await FileImageStore.open({ directory });
  const passes = new ImagePasses({ secret: 'secret', clock: systemClock });
  images = new ImageApi({ db, store, ids: systemIds, policy: novaPolicy(), passes, maxSizeBytes: 1_000 });
  face = await openOperatorFace(database, { images });
  const format = { diskFormat: 'raw', containerFormat: 'bare' } as const;
  const snapshot = { instance_uuid: SERVER, image_type: 'snapshot', auto_disk_config: 'True' };
  ids['empty'] = (await images.create(as('demo'), { name: 'empty', ...format, minDiskGb: 3, minRamMb: 64 })).id;
  ids['snapshot'] = (await images.create(as('demo'), { name: 'snapshot', ...format, properties: snapshot })).id;
  ids['shown'] = (await images.create(as('admin'), { name: 'shown', ...format, visibility: 'public' })).id;
  const guarded = { name: 'guarded', ...format, isProtected: true };
  ids['guarded'] = (await images.create(as('demo'), guarded)).id;
  for (const name of ['snapshot', 'shown'])
    await images.upload(
      as('admin'),
      ids[name] ?? '',
      (async function* () {
        yield Buffer.from('12345');
      })(),
    );
});
afterAll(async () => {
  await face?.close();
  await database?.drop();
  await rm(directory, { recursive: true, force: true });
});

const ask = (method: string, path: string, body?: unknown, at?: string) =>
  face.ask(method, path, { as: 'demo', body, ...(at !== undefined && { at }) });
const listed = async (query: string, list = '/images') =>
  (await ask('GET', `${list}${query}`)).body.images.map(({ name }: { name: string }) => name);

test('an image made from a server links to the server and to the image service', async () => {
  const id = ids['snapshot'];
  expect((await ask('GET', `/images/${id}`)).body.image).toMatchObject({
    id,
    name: 'snapshot',
    status: 'ACTIVE',
    progress: 100,
    minDisk: 0,
    minRam: 0,
    metadata: { image_type: 'snapshot' },
    created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    'OS-EXT-IMG-SIZE:size': 5,
    'OS-DCF:diskConfig': 'AUTO',
    server: {
      id: SERVER,
      links: [
        { rel: 'self', href: `${face.url}/v2.1/servers/${SERVER}` },
        { rel: 'bookmark', href: `${face.url}/servers/${SERVER}` },
      ],
    },
    links: [
      { rel: 'self', href: `${face.url}/v2.1/images/${id}` },
      { rel: 'bookmark', href: `${face.url}/images/${id}` },
      { rel: 'alternate', type: 'application/vnd.openstack.image', href: `http://127.0.0.1:9292/images/${id}` },
    ],
  });
});

test('an image without data is being saved, one withheld is in no status that the compute API knows', async () => {
  const { image } = (await ask('GET', `/images/${ids['empty']}`)).body;
  expect(image).toMatchObject({ status: 'SAVING', progress: 25, minDisk: 3, minRam: 64, 'OS-EXT-IMG-SIZE:size': 0 });
  expect([image.server, image['OS-DCF:diskConfig']]).toEqual([undefined, undefined]);
  await images.deactivate(as('admin'), ids['shown'] ?? '');
  expect((await ask('GET', `/images/${ids['shown']}`)).body.image).toMatchObject({ status: 'UNKNOWN', progress: 0 });
  expect(await listed('?status=unknown')).toEqual(['shown']);
  await images.reactivate(as('admin'), ids['shown'] ?? '');
});

describe('lists', () => {
  test.each([
    ['', ['guarded', 'shown', 'snapshot', 'empty']],
    ['?name=shown', ['shown']],
    ['?status=ACTIVE', ['shown', 'snapshot']],
    ['?status=saving', ['guarded', 'empty']],
    ['?status=none', []],
    [`?server=${SERVER}`, ['snapshot']],
    [`?server=http://x/v2.1/servers/${SERVER}`, ['snapshot']],
    ['?type=snapshot', ['snapshot']],
    ['?property-image_type=snapshot', ['snapshot']],
    ['?property-image_type=other', []],
    ['?minDisk=3', ['empty']],
    ['?minRam=064', ['empty']],
    ['?changes-since=2000-01-01T00:00:00Z', ['guarded', 'shown', 'snapshot', 'empty']],
    ['?changes-since=2100-01-01T00:00:00Z', []],
    ['?limit=0', []],
    ['?anything=1', ['guarded', 'shown', 'snapshot', 'empty']],
  ])('with %s', async (query, names) => {
    expect([await listed(query), await listed(query, '/images/detail')]).toEqual([names, names]);
  });

  test('go on after a marker, to which the page before links', async () => {
    const { body } = await ask('GET', '/images?limit=3');
    expect(body.images_links).toEqual([{ rel: 'next', href: `${face.url}/v2.1/images?limit=3&marker=${ids['snapshot']}` }]);
    expect(await listed(`?limit=3&marker=${ids['snapshot']}`)).toEqual(['empty']);
  });

  test.each(['?limit=x', '?minDisk=x', '?changes-since=x', `?marker=${NOBODY}`])('refuse %s', async (query) => {
    expect((await ask('GET', `/images${query}`)).status).toBe(400);
  });
});

test('metadata are shown, added to, replaced and removed', async () => {
  const path = `/images/${ids['empty']}/metadata`;
  expect((await ask('POST', path, { metadata: { a: '1', b: '2' } })).body).toEqual({ metadata: { a: '1', b: '2' } });
  expect((await ask('PUT', `${path}/b`, { meta: { b: '3' } })).body).toEqual({ meta: { b: '3' } });
  expect((await ask('GET', path)).body).toEqual({ metadata: { a: '1', b: '3' } });
  expect((await ask('DELETE', `${path}/a`)).status).toBe(204);
  expect((await ask('GET', `${path}/b`)).body).toEqual({ meta: { b: '3' } });
  expect((await ask('PUT', path, { metadata: { c: '4' } })).body).toEqual({ metadata: { c: '4' } });
  expect((await images.show(as('demo'), ids['empty'] ?? '')).properties).toEqual({ c: '4' });
});

test('a mistake in metadata is told', async () => {
  const path = `/images/${ids['empty']}/metadata`;
  const tooMany = Object.fromEntries(Array.from({ length: 129 }, (_, n) => [`k${n}`, 'v']));
  const answers = await Promise.all([
    ask('PUT', `${path}/b`, { meta: { c: '3' } }),
    ask('PUT', path, { metadata: { name: 'x' } }),
    ask('PUT', path, { metadata: { status: 'active' } }),
    ask('PUT', path, { metadata: { kernel_id: 'no uuid' } }),
    ask('PUT', path, { metadata: tooMany }),
    ask('PUT', path, { metadata: { 'a/b': '1' } }),
    ask('GET', `${path}/none`),
    ask('DELETE', `${path}/none`),
    ask('POST', `/images/${NOBODY}/metadata`, { metadata: {} }),
    ask('POST', `/images/${ids['shown']}/metadata`, { metadata: {} }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([400, 400, 403, 400, 403, 400, 404, 404, 404, 403]);
  expect(answers[4]?.body.forbidden.message).toBe('Image metadata limit exceeded');
});

test('an image is deleted by whoever may, and is then not found', async () => {
  const paths = [ids['shown'], ids['guarded'], NOBODY, 'no-id', ids['snapshot']].map((id) => `/images/${id}`);
  const statuses = await Promise.all(paths.map(async (path) => (await ask('DELETE', path)).status));
  expect(statuses).toEqual([403, 403, 404, 404, 204]);
  expect((await ask('GET', `/images/${ids['snapshot']}`)).body).toEqual({ itemNotFound: { code: 404, message: 'Image not found.' } });
});

test('images went at 2.36, their metadata at 2.39', async () => {
  const path = `/images/${ids['empty']}`;
  const statuses = await Promise.all(
    [
      ['/images', '2.36'],
      [path, '2.36'],
      [`${path}/metadata`, '2.38'],
      [`${path}/metadata`, '2.39'],
    ].map(async ([asked = '', at]) => (await ask('GET', asked, undefined, at)).status),
  );
  expect(statuses).toEqual([404, 404, 200, 404]);
});
