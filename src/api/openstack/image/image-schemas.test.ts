import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ImageFace, startImageFace } from '../../../../test/support/image-face.ts';
import { errorsOf } from '../../../lib/versioning/validation.ts';
import { imageRoutes } from './mount-image.ts';

let face: ImageFace;
beforeAll(async () => {
  face = await startImageFace();
});
afterAll(() => face?.stop());

const schemaOf = async (name: string) => (await face.send('GET', `/v2/schemas/${name}`)).json;

test.each(['image', 'images', 'member', 'members'])('there is a schema of %s', async (name) => {
  expect(await schemaOf(name)).toMatchObject({ name, properties: expect.any(Object) });
});

test('images and members fit the schemas that are published', async () => {
  const id = await face.create({ tags: ['a'], os_distro: 'debian', anything: 'else' });
  await face.fill(id, 'data');
  await face.send('POST', `/v2/images/${id}/members`, { json: { member: 'bob' } });
  const answers = {
    image: `/v2/images/${id}`,
    images: '/v2/images',
    member: `/v2/images/${id}/members/bob`,
    members: `/v2/images/${id}/members`,
  };
  for (const [name, path] of Object.entries(answers))
    expect([name, errorsOf(await schemaOf(name), (await face.send('GET', path)).json)]).toEqual([name, []]);
});

test('what clients may not say is marked', async () => {
  const { properties } = await schemaOf('image');
  const readOnly = Object.keys(properties).filter((name) => properties[name].readOnly === true);
  expect(readOnly).toEqual(expect.arrayContaining(['status', 'size', 'checksum', 'self', 'created_at']));
  expect(readOnly).not.toContain('name');
  expect(properties.kernel_id.is_base).toBe(false);
});

test.each([
  ['POST', '/v2/images/x/import'],
  ['PUT', '/v2/images/x/stage'],
  ['GET', '/v2/info/import'],
  ['GET', '/v2/info/stores'],
  ['GET', '/v2/tasks'],
  ['GET', '/v2/images/x/tasks'],
  ['GET', '/v2/metadefs/namespaces'],
  ['GET', '/v2/schemas/task'],
])('what this service has not is not found: %s %s', async (method, path) => {
  const answer = await face.send(method, path);
  expect(answer.status).toBe(404);
  expect(answer.json).toEqual({ message: expect.any(String), code: '404 Not Found', title: 'Not Found' });
});

test('without a token there is nothing but the versions', async () => {
  for (const { method, path } of imageRoutes) {
    const { status } = await face.send(method, path.replaceAll(/\{\w+\}/g, 'x'), { token: '' });
    expect([method, path, status]).toEqual([method, path, path === '/' ? 300 : path === '/versions' ? 200 : 401]);
  }
});

test.each<[range: string, status: number, bytes: string, contentRange: string | null]>([
  ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=-2', 206, '89', 'bytes 8-9/10'],
  ['bytes=4-400', 206, '456789', 'bytes 4-9/10'],
  ['bytes=-400', 206, '0123456789', 'bytes 0-9/10'],
])('the range %s is downloaded', async (range, status, bytes, contentRange) => {
  const id = await face.create();
  await face.fill(id, '0123456789');
  const answer = await face.send('GET', `/v2/images/${id}/file`, { headers: { Range: range } });
  expect([answer.status, String(answer.bytes), answer.headers.get('Content-Range')]).toEqual([status, bytes, contentRange]);
  expect(answer.headers.get('Content-Length')).toBe(String(bytes.length));
});

test.each(['bytes=10-', 'bytes=5-2', 'bytes=-0', 'bytes=-', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=a-b'])(
  'the range %s is refused with the size',
  async (range) => {
    const id = await face.create();
    await face.fill(id, '0123456789');
    const answer = await face.send('GET', `/v2/images/${id}/file`, { headers: { Range: range } });
    expect([answer.status, answer.headers.get('Content-Range')]).toEqual([416, 'bytes */10']);
  },
);
