import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ImageFace, startImageFace } from '../../../../test/support/image-face.ts';

let face: ImageFace;
beforeAll(async () => {
  face = await startImageFace();
});
afterAll(() => face?.stop());

const bob = 'bob:member';
const carol = 'carol:member';
const share = (id: string, member = 'bob', token = 'alice:member') =>
  face.send('POST', `/v2/images/${id}/members`, { json: { member }, token });
const answerWith = (id: string, status: string, { member = 'bob', token = bob } = {}) =>
  face.send('PUT', `/v2/images/${id}/members/${member}`, { json: { status }, token });
const listed = async (query: string, token = bob): Promise<readonly string[]> =>
  (await face.send('GET', `/v2/images?${query}`, { token })).json.images.map(({ id }: { id: string }) => id);

test('a shared image is listed by a project once it has accepted, and read by it before that', async () => {
  const id = await face.create();
  await face.fill(id, 'data');
  expect((await face.send('GET', `/v2/images/${id}`, { token: bob })).status).toBe(404);
  const shared = await share(id);
  expect(shared.status).toBe(200);
  const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const member = { member_id: 'bob', image_id: id, status: 'pending', created_at: at, updated_at: at, schema: '/v2/schemas/member' };
  expect(shared.json).toEqual(member);
  expect(String((await face.send('GET', `/v2/images/${id}/file`, { token: bob })).bytes)).toBe('data');
  expect(await listed('')).toEqual([]);
  expect(await listed('visibility=shared&member_status=pending')).toEqual([id]);

  expect((await answerWith(id, 'accepted')).json).toEqual({ ...member, status: 'accepted' });
  expect(await listed('')).toEqual([id]);
  expect(await listed('visibility=shared&member_status=rejected')).toEqual([]);
  expect(await listed('visibility=shared&member_status=all')).toEqual([id]);
  expect(await listed('', carol)).toEqual([]);
  expect((await face.send('GET', `/v2/images/${id}/members`)).json).toEqual({
    members: [{ ...member, status: 'accepted' }],
    schema: '/v2/schemas/members',
  });

  expect((await answerWith(id, 'rejected')).status).toBe(200);
  expect(await listed('')).toEqual([]);
  expect((await face.send('DELETE', `/v2/images/${id}/members/bob`)).status).toBe(204);
  expect((await face.send('GET', `/v2/images/${id}`, { token: bob })).status).toBe(404);
  expect((await face.send('DELETE', `/v2/images/${id}/members/bob`)).status).toBe(404);
});

test('sharing ends with the visibility that it belongs to, and comes back with it', async () => {
  const id = await face.create();
  await share(id);
  await answerWith(id, 'accepted');
  const become = (value: string) =>
    face.send('PATCH', `/v2/images/${id}`, {
      json: [{ op: 'replace', path: '/visibility', value }],
      type: 'application/openstack-images-v2.1-json-patch',
    });
  await become('private');
  expect((await face.send('GET', `/v2/images/${id}`, { token: bob })).status).toBe(404);
  expect(await listed('member_status=all')).not.toContain(id);
  expect((await face.send('GET', `/v2/images/${id}/members`)).json.message).toBe('Only shared images have members.');
  expect((await share(id, 'carol')).status).toBe(403);
  await become('shared');
  expect(await listed('')).toContain(id);
});

describe('a member', () => {
  let id: string;
  beforeAll(async () => {
    id = await face.create({ name: 'guarded' });
    await share(id);
    await share(id, 'carol');
    await answerWith(id, 'accepted');
  });

  test('knows of no other members', async () => {
    const { members } = (await face.send('GET', `/v2/images/${id}/members`, { token: bob })).json;
    expect(members.map(({ member_id }: { member_id: string }) => member_id)).toEqual(['bob']);
    expect((await face.send('GET', `/v2/images/${id}/members/bob`, { token: bob })).status).toBe(200);
    expect((await face.send('GET', `/v2/images/${id}/members/carol`, { token: bob })).status).toBe(404);
    expect((await face.send('GET', `/v2/images/${id}/members/nobody`, { token: bob })).status).toBe(404);
  });

  const patchType = 'application/openstack-images-v2.1-json-patch';
  test.each<[what: string, method: string, path: string, json: unknown, status: number]>([
    ['share it further', 'POST', '/members', { member: 'dave' }, 403],
    ['withdraw it from others', 'DELETE', '/members/carol', undefined, 403],
    ['withdraw it from itself', 'DELETE', '/members/bob', undefined, 403],
    ['answer for others', 'PUT', '/members/carol', { status: 'accepted' }, 404],
    ['change it', 'PATCH', '', [{ op: 'replace', path: '/name', value: 'mine' }], 403],
    ['delete it', 'DELETE', '', undefined, 403],
    ['tag it', 'PUT', '/tags/mine', undefined, 403],
    ['withhold it', 'POST', '/actions/deactivate', undefined, 403],
  ])('cannot %s', async (_what, method, path, json, status) => {
    const type = method === 'PATCH' ? patchType : 'application/json';
    const answer = await face.send(method, `/v2/images/${id}${path}`, { token: bob, type, ...(json !== undefined && { json }) });
    expect(answer.status).toBe(status);
    expect((await face.send('GET', `/v2/images/${id}`)).json).toMatchObject({ name: 'guarded', tags: [] });
    expect((await face.send('GET', `/v2/images/${id}/members`)).json.members).toHaveLength(2);
  });

  test('cannot give it data', async () => {
    expect((await face.send('PUT', `/v2/images/${id}/file`, { data: Buffer.from('x'), token: bob })).status).toBe(403);
  });
});

describe('a stranger', () => {
  test.each<[method: string, path: string, json?: unknown]>([
    ['GET', ''],
    ['DELETE', ''],
    ['GET', '/file'],
    ['GET', '/members'],
    ['POST', '/members', { member: 'bob' }],
    ['GET', '/members/alice'],
    ['PUT', '/members/bob', { status: 'accepted' }],
    ['DELETE', '/members/bob'],
    ['PUT', '/tags/mine'],
    ['DELETE', '/tags/mine'],
    ['POST', '/actions/deactivate'],
    ['POST', '/actions/reactivate'],
  ])('is told of no image: %s %s', async (method, path, json) => {
    for (const visibility of ['private', 'shared']) {
      const id = await face.create({ visibility });
      const answer = await face.send(method, `/v2/images/${id}${path}`, { token: bob, ...(json !== undefined && { json }) });
      expect([answer.status, answer.json.message]).toEqual([404, `No image found with ID ${id}`]);
    }
  });

  test('does not share others’ images with itself, nor list or page by them', async () => {
    const id = await face.create({ visibility: 'private', name: 'secret' });
    const everything = 'visibility=all&member_status=all&owner=alice';
    expect(await listed(everything)).not.toContain(id);
    expect(await listed('visibility=private')).toEqual([]);
    expect((await face.send('GET', `/v2/images?marker=${id}`, { token: bob })).status).toBe(400);
    expect((await share(id, 'bob', bob)).status).toBe(404);
  });

  test('cannot take a foreign id for an image of its own', async () => {
    const id = await face.create({ visibility: 'private' });
    const answer = await face.send('POST', '/v2/images', { json: { id, name: 'mine' }, token: bob });
    expect(answer.status).toBe(409);
    expect((await face.send('GET', `/v2/images/${id}`)).json.name).toBe('tiny');
  });
});

test('the owner shares but does not answer', async () => {
  const id = await face.create();
  await share(id);
  expect((await answerWith(id, 'accepted', { token: 'alice:member' })).status).toBe(403);
  expect((await answerWith(id, 'accepted', { token: 'bob:reader' })).status).toBe(403);
  expect((await answerWith(id, 'accepted', { token: 'ops:admin' })).status).toBe(200);
  const asClientsSayIt = { status: 'rejected', member: 'bob' };
  expect((await face.send('PUT', `/v2/images/${id}/members/bob`, { json: asClientsSayIt, token: bob })).json.status).toBe('rejected');
  expect((await share(id, 'bob', 'alice:reader')).status).toBe(403);
});

test.each<[what: string, json: unknown, status: number, says: string]>([
  ['nobody', {}, 400, 'member'],
  ['an empty name', { member: '' }, 400, 'member'],
  ['a number', { member: 7 }, 400, 'member'],
  ['a name that is too long', { member: 'x'.repeat(256) }, 400, 'member'],
  ['somebody with a status', { member: 'bob', status: 'accepted' }, 400, 'status'],
])('an image is not shared with %s', async (_what, json, status, says) => {
  const id = await face.create();
  const answer = await face.send('POST', `/v2/images/${id}/members`, { json });
  expect([answer.status, answer.json.message]).toEqual([status, expect.stringContaining(says)]);
});

test('a project is a member once, and answers in words that there are', async () => {
  const id = await face.create();
  expect((await share(id)).status).toBe(200);
  expect((await share(id)).json.message).toBe(`Image member bob already exists for image ${id}.`);
  expect((await answerWith(id, 'notavalidstatus')).json.message).toContain('status');
  expect((await answerWith(id, 'accepted', { member: 'carol', token: carol })).status).toBe(404);
});

test('an image has only so many members, however fast they are added', async () => {
  const id = await face.create();
  const statuses: number[] = [];
  for (let from = 0; from < 132; from += 12) {
    const batch = Array.from({ length: 12 }, (_, index) => share(id, `project-${from + index}`));
    statuses.push(...(await Promise.all(batch)).map(({ status }) => status));
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(128);
  expect(statuses.filter((status) => status === 413)).toHaveLength(4);
});
