import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ImageFace, startImageFace } from '../../../../test/support/image-face.ts';
import { ManualClock } from '../../../lib/clock/manual-clock.ts';
import { asId, type ImageId } from '../../../objects/ids.ts';
import { imageRoutes } from './mount-image.ts';

let face: ImageFace;
let id: string;
let other: string;
const clock = new ManualClock();
const alice = { requestId: 'req-1', userId: 'alice', projectId: 'alice', roles: ['member'], isAdmin: false };
const passTo = (image: string) => face.images.passTo(alice, asId<ImageId>(image));

beforeAll(async () => {
  face = await startImageFace({ clock });
  [id, other] = [await face.create({ visibility: 'private' }), await face.create()];
  await face.fill(id, 'the data');
  await face.fill(other, 'other data');
});
afterAll(() => face?.stop());

const download = (token: string, image = id, headers: Readonly<Record<string, string>> = {}) =>
  face.send('GET', `/v2/images/${image}/file`, { token, headers });

test('a pass opens the data of its image, all of it or a range', async () => {
  const pass = await passTo(id);
  const whole = await download(pass);
  expect([whole.status, String(whole.bytes)]).toEqual([200, 'the data']);
  const part = await download(pass, id, { range: 'bytes=4-' });
  expect([part.status, String(part.bytes)]).toEqual([206, 'data']);
});

test('a pass opens no other image', async () => {
  const answer = await download(await passTo(id), other);
  expect([answer.status, answer.json]).toMatchObject([401, { error: { code: 401 } }]);
});

test('a pass opens no other route of the image service', async () => {
  const pass = await passTo(id);
  const closed = imageRoutes.filter(({ auth, pass: isPass }) => auth !== 'none' && !isPass);
  // Data is read and sent with passes.
  expect(closed.length).toBe(imageRoutes.filter(({ auth }) => auth !== 'none').length - 2);
  for (const { method, path } of closed) {
    const url = path.replace('{id}', id).replaceAll(/\{\w+\}/g, 'x');
    const answer = await face.send(method, url, { token: pass, ...(method === 'PUT' && { data: Buffer.from('mine') }) });
    expect([`${method} ${path}`, answer.status]).toEqual([`${method} ${path}`, 401]);
  }
  expect(String((await download('alice:member')).bytes)).toBe('the data');
});

test('a pass opens nothing of an image that was deactivated or deleted, and nothing when its hour is over', async () => {
  const pass = await passTo(id);
  await face.send('POST', `/v2/images/${id}/actions/deactivate`, { token: 'root:admin' });
  expect((await download(pass)).status).toBe(403);
  await face.send('POST', `/v2/images/${id}/actions/reactivate`, { token: 'root:admin' });
  expect((await download(pass)).status).toBe(200);
  await clock.advance(3_600_000);
  expect((await download(pass)).status).toBe(401);
  const late = await passTo(other);
  await face.send('DELETE', `/v2/images/${other}`);
  expect((await download(late, other)).status).toBe(404);
});

const send = (token: string, image: string, data = 'sent') =>
  face.send('PUT', `/v2/images/${image}/file`, { token, data: Buffer.from(data), headers: { 'content-type': 'application/octet-stream' } });

test('a pass to send data fills its image once, and neither reads it nor fills another', async () => {
  const [mine, another] = [await face.create({ visibility: 'private' }), await face.create()];
  const pass = face.images.passToSend(asId<ImageId>(mine));
  expect((await send(pass, another)).status).toBe(401);
  expect((await send(await passTo(mine), mine)).status).toBe(401);
  expect((await send(pass, mine)).status).toBe(204);
  expect((await send(pass, mine, 'again')).status).toBe(409);
  expect((await download(pass, mine)).status).toBe(401);
  expect(String((await download('alice:member', mine)).bytes)).toBe('sent');
});

test('a pass to send data is valid for a day', async () => {
  const mine = await face.create();
  const pass = face.images.passToSend(asId<ImageId>(mine));
  await clock.advance(86_400_000);
  expect((await send(pass, mine)).status).toBe(401);
});

test('a discarded image is gone with its data, even one that is protected but empty', async () => {
  const [empty, kept, whole] = [await face.create({ protected: true }), await face.create({ protected: true }), await face.create()];
  await face.fill(kept, 'kept');
  await face.fill(whole, 'gone');
  for (const image of [empty, kept, whole, whole]) await face.images.discard(alice, asId<ImageId>(image));
  const found = await Promise.all([empty, kept, whole].map((image) => face.images.statusOf(asId<ImageId>(image))));
  expect(found).toEqual([undefined, 'active', undefined]);
});
