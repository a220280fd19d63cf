import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ImageFace, startImageFace } from '../../../../test/support/image-face.ts';
import { diskFormats } from '../../../image/formats/inspect.ts';

let face: ImageFace;
let send: ImageFace['send'];
let create: ImageFace['create'];
let origin: string;
beforeAll(async () => {
  face = await startImageFace();
  ({ send, create, origin } = face);
});
afterAll(() => face?.stop());

test('the versions are a choice at the root and a list at /versions, without a token', async () => {
  const root = await send('GET', '/', { token: '' });
  expect(root.status).toBe(300);
  expect(root.json.versions[0]).toEqual({ id: 'v2.7', status: 'CURRENT', links: [{ rel: 'self', href: `${origin}/v2/` }] });
  expect((await send('GET', '/versions', { token: '' })).status).toBe(200);
});

test('an image is created, filled, shown, downloaded and deleted', async () => {
  const created = await send('POST', '/v2/images', {
    json: { name: 'tiny', disk_format: 'raw', container_format: 'bare', min_ram: 64, hw_video_model: 'vga', tags: ['a'] },
  });
  expect(created.status).toBe(201);
  expect(created.json).toMatchObject({ name: 'tiny', status: 'queued', size: null, hw_video_model: 'vga', tags: ['a'], owner: 'alice' });
  const { id } = created.json;
  expect(created.headers.get('Location')).toBe(`${origin}/v2/images/${id}`);
  expect(created.json.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect((await send('GET', `/v2/images/${id}/file`)).status).toBe(204);

  const data = Buffer.alloc(1_500_000, 'some data');
  expect((await send('PUT', `/v2/images/${id}/file`, { data })).status).toBe(204);
  const md5 = createHash('md5').update(data).digest('hex');
  const shown = await send('GET', `/v2/images/${id}`);
  expect(shown.json).toMatchObject({ status: 'active', size: 1_500_000, checksum: md5, os_hash_algo: 'sha512' });
  const download = await send('GET', `/v2/images/${id}/file`);
  expect(download.bytes.equals(data)).toBe(true);
  expect(download.headers.get('Content-MD5')).toBe(md5);
  expect(download.headers.get('Content-Length')).toBe('1500000');

  expect((await send('DELETE', `/v2/images/${id}`)).status).toBe(204);
  expect((await send('GET', `/v2/images/${id}`)).status).toBe(404);
});

test('faults have the shape that clients of Glance read', async () => {
  const missing = await send('GET', '/v2/images/cirros');
  expect(missing.status).toBe(404);
  expect(missing.json).toEqual({ message: 'No image found with ID cirros', code: '404 Not Found', title: 'Not Found' });
  const stranger = await send('GET', '/v2/images', { token: '' });
  expect(stranger.status).toBe(401);
  expect(stranger.json.error).toMatchObject({ code: 401, title: 'Unauthorized' });
});

// Fault 2026-11 A15.
test.each(['GET', 'DELETE', 'PATCH'])('%s of an empty id is not found, in words that name no other id', async (method) => {
  const type = 'application/openstack-images-v2.1-json-patch';
  expect(await send(method, '/v2/images/', method === 'PATCH' ? { json: [], type } : {})).toMatchObject({
    status: 404,
    json: { message: 'The resource could not be found.', title: 'Not Found' },
  });
});

test('the old client of this service is told of faults on a page, as it reads nothing else', async () => {
  const told = await send('GET', '/v2/images/<b>', { headers: { 'User-Agent': 'python-glanceclient', Accept: '*/*' } });
  expect([told.status, told.headers.get('Content-Type')]).toEqual([404, 'text/html; charset=UTF-8']);
  expect(String(told.bytes)).toContain('<h1>404 Not Found</h1>\n  No image found with ID &lt;b&gt;\n');
  const json = await send('GET', '/v2/images/x', { headers: { 'User-Agent': 'python-glanceclient', Accept: 'application/json' } });
  expect(json.json.title).toBe('Not Found');
});

test.each<[what: string, json: object, status: number, says: string]>([
  ['an unknown disk format', { disk_format: 'vhds' }, 400, 'disk_format'],
  ['a version that is null', { os_version: null }, 400, 'os_version'],
  ['a property that is null', { colour: null }, 400, 'colour'],
  ['a negative size of memory', { min_ram: -1 }, 400, 'min_ram'],
  ['an id that is none', { id: 'x' }, 400, 'id'],
  ['a property that is no text', { os_version: 7 }, 400, 'os_version'],
  ['a status', { status: 'active' }, 403, "Attribute 'status' is read-only."],
  ['public visibility', { visibility: 'public' }, 403, 'publicize_image'],
  ['a taken id', { id: '11111111-2222-3333-4444-555555555555' }, 409, 'already exists'],
])('a new image with %s is refused', async (_what, json, status, says) => {
  await create({ id: '11111111-2222-3333-4444-555555555555' });
  const answer = await send('POST', '/v2/images', { json: { name: 'x', disk_format: 'raw', container_format: 'bare', ...json } });
  expect([answer.status, answer.json.message]).toEqual([status, expect.stringContaining(says)]);
});

// Fault 2026-11 D13.
test.each(diskFormats)('an image may be declared as %s, and its data is inspected as that', async (format) => {
  const id = await create({ disk_format: format });
  expect((await send('GET', `/v2/images?disk_format=${format}`)).json.images[0]).toMatchObject({ id, disk_format: format });
  const data = Buffer.from('QED\0 is of none of these formats');
  expect(await send('PUT', `/v2/images/${id}/file`, { data })).toMatchObject({
    status: 400,
    json: { message: `The image data is refused: it is of format qed, declared as ${format}.` },
  });
  expect((await send('GET', `/v2/images/${id}`)).json.status).toBe('queued');
});

// Fault 2026-11 A10.
test.each(['kernel_id', 'ramdisk_id'])('%s may be null, which is the same as none, in a new image and in an update', async (name) => {
  const id = await create({ [name]: null });
  const shown = async () => (await send('GET', `/v2/images/${id}`)).json;
  expect(await shown()).not.toHaveProperty(name);
  const set = (value: unknown, op = 'replace') =>
    send('PATCH', `/v2/images/${id}`, {
      type: 'application/openstack-images-v2.1-json-patch',
      json: [{ op, path: `/${name}`, value }],
    });
  const kernel = '11111111-2222-3333-4444-555555555556';
  expect((await set(kernel, 'add')).json[name]).toBe(kernel);
  expect((await set(null)).status).toBe(200);
  expect(await shown()).not.toHaveProperty(name);
  expect((await send('GET', '/v2/schemas/image')).json.properties[name].type.toSorted()).toEqual(['null', 'string']);
});

test('data is refused for what it is, how it is sent and who sends it', async () => {
  const id = await create();
  const file = `/v2/images/${id}/file`;
  const data = Buffer.alloc(100, 'x');
  expect((await send('PUT', file, { data, type: 'text/plain' })).status).toBe(415);
  expect((await send('PUT', file, { data, token: 'bob:member' })).status).toBe(404);
  expect((await send('PUT', file, { data, token: 'alice:reader' })).status).toBe(403);
  expect((await send('PUT', file, { data: Buffer.from('QFI\xfb', 'latin1') })).json.message).toContain(
    'it is of format qcow2, declared as raw',
  );
  const large = await send('PUT', file, { data: Buffer.alloc(8_000_000) });
  expect([large.status, large.json.code]).toEqual([413, '413 Payload Too Large']);
  expect((await send('PUT', file, { data })).status).toBe(204);
  expect((await send('PUT', file, { data })).status).toBe(409);
});

test('an upload that breaks off leaves the image queued', async () => {
  const id = await create();
  const client = request(`${origin}/v2/images/${id}/file`, {
    method: 'PUT',
    headers: { 'X-Auth-Token': 'alice:member', 'Content-Type': 'application/octet-stream', 'Content-Length': '1000' },
  });
  client.on('error', () => undefined);
  client.write('half of it');
  await expect.poll(async () => (await send('GET', `/v2/images/${id}`)).json.status).toBe('saving');
  client.destroy();
  await expect.poll(async () => (await send('GET', `/v2/images/${id}`)).json.status).toBe('queued');
});

test('a list is filtered by name, property and page', async () => {
  const token = 'lister:member';
  for (const name of ['a', 'b', 'c']) await create({ name, image_type: name === 'c' ? 'snapshot' : 'base' }, token);
  const names = async (query: string) =>
    (await send('GET', `/v2/images?${query}`, { token })).json.images.map(({ name }: { name: string }) => name);
  expect(await names('name=b')).toEqual(['b']);
  expect(await names('image_type=base&sort=name:asc')).toEqual(['a', 'b']);
  expect(await names('name=in:a,c&sort_key=name&sort_dir=desc')).toEqual(['c', 'a']);
  expect(await names('status=active')).toEqual([]);
  expect(await names('os_hidden=True')).toEqual([]);
  const first = (await send('GET', '/v2/images?sort=name&limit=2', { token })).json;
  expect(first).toMatchObject({
    first: '/v2/images?sort=name&limit=2',
    schema: '/v2/schemas/images',
    images: [{ name: 'c' }, { name: 'b' }],
  });
  const second = (await send('GET', first.next, { token })).json;
  expect(second.images.map(({ name }: { name: string }) => name)).toEqual(['a']);
  expect(second.next).toBeUndefined();
});

test.each([
  'limit=x',
  'limit=-1',
  'sort=colour',
  'sort_key=name&sort_dir=up',
  'visibility=secret',
  'size_min=x',
  'os_hidden=maybe',
  'marker=nobody',
])('the query %s is refused', async (query) => {
  expect((await send('GET', `/v2/images?${query}`)).status).toBe(400);
});
