import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenBodies, hostileIds, mutationsOf } from '../../../../test/support/hostile.ts';
import { type ImageFace, startImageFace } from '../../../../test/support/image-face.ts';
import { imageRoutes } from './mount-image.ts';

let face: ImageFace;
let id: string;
beforeAll(async () => {
  face = await startImageFace();
  id = await face.create({ name: 'target', tags: ['a'], colour: 'red' });
});
afterAll(() => face?.stop());

/** The same hostile bodies each time. */
const SEED = 20_260_102;
const PER_BODY = 60;
/** An image without a name, and no change at all: both are allowed. */
const SAYS_NOTHING = ['{}', '[]'];
const PATCH = 'application/openstack-images-v2.1-json-patch';
const FORMER = 'application/openstack-images-v2.0-json-patch';

/** Not a server error, and in the service's own fault format. */
const isProper = ({ status, json }: { status: number; json: { message?: unknown; title?: unknown } }): boolean =>
  status < 400 || (status < 500 && typeof json.message === 'string' && typeof json.title === 'string');

const right = [
  {
    method: 'POST',
    path: '/v2/images',
    type: 'application/json',
    body: { name: 'x', disk_format: 'raw', min_disk: 1, tags: ['a'], custom: 'b' },
  },
  {
    method: 'PATCH',
    path: '',
    type: PATCH,
    body: [
      { op: 'add', path: '/tags/-', value: 'x' },
      { op: 'replace', path: '/colour', value: 'y' },
    ],
  },
  { method: 'PATCH', path: '', type: FORMER, body: [{ replace: '/colour', value: 'y' }] },
  { method: 'POST', path: '/members', type: 'application/json', body: { member: 'bob' } },
  { method: 'PUT', path: '/members/bob', type: 'application/json', body: { status: 'accepted' } },
] as const;
const at = (path: string): string => (path.startsWith('/v2') ? path : `/v2/images/${id}${path}`);

test.each(right)('no body brings down $method $path', async ({ method, path, type, body }) => {
  for (const json of fc.sample(mutationsOf(body), { seed: SEED, numRuns: PER_BODY })) {
    const answer = await face.send(method, at(path), { json, type });
    expect(isProper(answer), `${JSON.stringify(json).slice(0, 300)} -> ${answer.status} ${String(answer.bytes).slice(0, 300)}`).toBe(true);
  }
  for (const text of brokenBodies.filter((each) => !SAYS_NOTHING.includes(each))) {
    const answer = await face.send(method, at(path), { data: Buffer.from(text), type });
    expect([answer.status >= 400, isProper(answer)], text.slice(0, 100)).toEqual([true, true]);
  }
});

test('no id brings down any route', async () => {
  for (const { method, path } of imageRoutes.filter((route) => route.path.includes('{') && !route.streams))
    for (const hostile of hostileIds) {
      const answer = await face.send(method, path.replaceAll(/\{\w+\}/g, hostile));
      expect([answer.status >= 400, isProper(answer)], `${method} ${path} ${hostile.slice(0, 50)} -> ${answer.status}`).toEqual([
        true,
        true,
      ]);
    }
});
