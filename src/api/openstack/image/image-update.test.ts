import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ImageFace, type Received, startImageFace } from '../../../../test/support/image-face.ts';

let face: ImageFace;
beforeAll(async () => {
  face = await startImageFace();
});
afterAll(() => face?.stop());

const CURRENT = 'application/openstack-images-v2.1-json-patch';
const FORMER = 'application/openstack-images-v2.0-json-patch';
const add = (path: string, value: unknown) => ({ op: 'add', path, value });
const replace = (path: string, value: unknown) => ({ op: 'replace', path, value });
const remove = (path: string) => ({ op: 'remove', path });

const patch = (id: string, json: unknown, { token = 'alice:member', type = CURRENT } = {}): Promise<Received> =>
  face.send('PATCH', `/v2/images/${id}`, { json, type, token });

const act = (id: string, action: string, token = 'alice:member'): Promise<Received> =>
  face.send('POST', `/v2/images/${id}/actions/${action}`, { token });

test('everything that a client says about an image can be changed at once', async () => {
  const id = await face.create({ image_type: 'base', tags: ['a'] });
  const answer = await patch(id, [
    replace('/name', 'renamed'),
    replace('/min_disk', 3),
    replace('/min_ram', 64),
    replace('/protected', true),
    replace('/os_hidden', true),
    replace('/visibility', 'community'),
    replace('/tags', ['b', 'c', 'b']),
    replace('/disk_format', 'qcow2'),
    add('/os_distro', 'debian'),
    add('/with~1slash~0tilde', 'x'),
    remove('/image_type'),
  ]);
  expect(answer.status).toBe(200);
  const changed = { name: 'renamed', min_disk: 3, min_ram: 64, protected: true, os_hidden: true, visibility: 'community' };
  expect(answer.json).toMatchObject({ ...changed, tags: ['b', 'c'], disk_format: 'qcow2', os_distro: 'debian', 'with/slash~tilde': 'x' });
  expect(answer.json).not.toHaveProperty('image_type');
  expect((await face.send('GET', `/v2/images/${id}`)).json).toEqual(answer.json);
});

test('the form of version 2.0 says the same', async () => {
  const id = await face.create({ a: '1', b: '2' });
  const operations = [{ replace: '/a', value: 'x' }, { add: '/c', value: '3' }, { remove: '/b' }, { replace: '/name', value: null }];
  expect((await patch(id, operations, { type: FORMER })).json).toMatchObject({ a: 'x', c: '3', name: null });
  expect((await patch(id, [replace('/a', 'y')], { type: FORMER })).status).toBe(400);
});

test('single tags are changed by their place, as clients do that compare documents', async () => {
  const id = await face.create({ tags: ['a', 'b', 'c'] });
  const operations = [add('/tags/-', 'z'), add('/tags/0', 'first'), replace('/tags/1', 'A'), remove('/tags/2')];
  expect((await patch(id, operations)).json.tags).toEqual(['first', 'A', 'c', 'z']);
  expect((await patch(id, [replace('/tags/7', 'x')])).status).toBe(409);
  expect((await patch(id, [replace('/tags/x', 'x')])).status).toBe(400);
  expect((await patch(id, [add('/tags/0', 5)])).json.message).toMatch(/^Invalid input for field\/attribute 0. Value: 5/);
});

test('adding a property that is there replaces it', async () => {
  const id = await face.create({ a: '1' });
  expect((await patch(id, [add('/a', '2')])).json.a).toBe('2');
});

test.each<[what: string, operations: unknown, status: number, says: string]>([
  ['a status', [replace('/status', 'active')], 403, "Attribute 'status' is read-only."],
  ['an id', [replace('/id', '11111111-2222-3333-4444-555555555555')], 403, "Attribute 'id' is read-only."],
  ['a checksum', [add('/checksum', 'x')], 403, "Attribute 'checksum' is read-only."],
  ['a location', [add('/locations/-', { url: 'file:///etc/passwd', metadata: {} })], 403, "Attribute 'locations' is reserved."],
  ['what the service keeps', [add('/os_glance_foo', 'x')], 403, "Attribute 'os_glance_foo' is reserved."],
  ['a name that goes', [remove('/name')], 403, 'Property name may not be removed.'],
  ['public visibility', [replace('/visibility', 'public')], 403, 'publicize_image'],
  ['another owner', [replace('/owner', 'bob')], 403, 'add_image'],
  ['a property replaced that is not there', [replace('/nothing', 'x')], 409, 'Property nothing does not exist.'],
  ['a property removed that is not there', [remove('/nothing')], 409, 'Property nothing does not exist.'],
  ['a property removed twice', [remove('/a'), remove('/a')], 409, 'Property a does not exist.'],
  ['an unknown visibility', [replace('/visibility', 'secret')], 400, 'visibility'],
  ['a property that is no text', [add('/b', 7)], 400, 'b'],
  ['a kernel that is no id', [add('/kernel_id', 'vmlinuz')], 400, 'kernel_id'],
  ['memory below zero', [replace('/min_ram', -1)], 400, 'min_ram'],
  ['a protection that is no truth', [replace('/protected', 'yes')], 400, 'protected'],
  ['a name that is too long', [replace('/name', 'x'.repeat(256))], 400, 'name'],
  ['an owner that is nobody', [replace('/owner', null)], 400, 'owner'],
  ['a path into a text', [replace('/name/0', 'x')], 400, "Invalid JSON pointer for this resource: '/name/0'"],
  ['an unknown operation', [{ op: 'move', from: '/a', path: '/b' }], 400, "'op'"],
  ['no path', [{ op: 'add', value: 'x' }], 400, "'path'"],
  ['a path without its slash', [add('name', 'x')], 400, 'does not start with "/"'],
  ['an empty path', [add('/', 'x')], 400, 'empty step'],
  ['an escape that is none', [add('/a~2', 'x')], 400, '"~"'],
  ['no value', [{ op: 'replace', path: '/name' }], 400, '"value"'],
  ['an operation that is none', ['replace'], 400, 'Operations must be JSON objects.'],
  ['an object', { name: 'x' }, 400, 'Request body must be a JSON array'],
  ['too many properties', Array.from({ length: 129 }, (_, index) => add(`/p${index}`, 'x')), 413, 'Maximum: 128'],
  [
    'too many tags',
    [
      replace(
        '/tags',
        Array.from({ length: 129 }, (_, index) => `t${index}`),
      ),
    ],
    413,
    'Attempted: 129, Maximum: 128',
  ],
  ['too many operations', Array.from({ length: 1_001 }, () => add('/a', 'x')), 400, '1000'],
])('an update with %s is refused, and changes nothing', async (_what, operations, status, says) => {
  const id = await face.create({ a: '1' });
  const before = (await face.send('GET', `/v2/images/${id}`)).json;
  const valid = Array.isArray(operations) ? [replace('/name', 'changed'), ...operations] : operations;
  const answer = await patch(id, valid);
  expect([answer.status, answer.json.message]).toEqual([status, expect.stringContaining(says)]);
  expect(answer.json).toMatchObject({ title: expect.any(String), code: expect.stringMatching(/^4/) });
  expect((await face.send('GET', `/v2/images/${id}`)).json).toEqual(before);
});

test('a patch of any other media type is refused with those that are not', async () => {
  const id = await face.create();
  const answer = await patch(id, [], { type: 'application/json' });
  expect([answer.status, answer.headers.get('Accept-Patch')]).toEqual([415, `${CURRENT}, ${FORMER}`]);
});

test('formats are fixed once there is data', async () => {
  const id = await face.create();
  await face.fill(id, 'data');
  expect((await patch(id, [replace('/disk_format', 'qcow2')])).json.message).toContain('disk_format can be only replaced for a queued');
  expect((await patch(id, [replace('/container_format', 'ami')])).status).toBe(403);
  expect((await patch(id, [replace('/disk_format', 'raw'), replace('/name', 'same')])).status).toBe(200);
});

test('an admin publishes an image, and gives it away', async () => {
  const id = await face.create();
  const token = 'operators:admin';
  expect((await patch(id, [replace('/visibility', 'public'), replace('/owner', 'bob')], { token })).json).toMatchObject({
    visibility: 'public',
    owner: 'bob',
  });
  expect((await patch(id, [replace('/name', 'mine')])).status).toBe(403);
  expect((await patch(id, [replace('/name', 'mine')], { token: 'bob:member' })).status).toBe(200);
});

test('changes that come together all count', async () => {
  const id = await face.create();
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => patch(id, [add(`/p${index}`, 'x'), add('/tags/-', `t${index}`)])),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
  const { json } = await face.send('GET', `/v2/images/${id}`);
  expect(Object.keys(json).filter((key) => /^p\d$/.test(key))).toHaveLength(8);
  expect(json.tags).toHaveLength(8);
});

describe('tags', () => {
  test('are put on and taken off one by one', async () => {
    const id = await face.create();
    const tag = `/v2/images/${id}/tags/${encodeURIComponent('a tag/ä')}`;
    expect((await face.send('PUT', tag)).status).toBe(204);
    expect((await face.send('PUT', tag)).status).toBe(204);
    expect((await face.send('GET', `/v2/images/${id}`)).json.tags).toEqual(['a tag/ä']);
    expect((await face.send('DELETE', tag)).status).toBe(204);
    expect((await face.send('DELETE', tag)).status).toBe(404);
  });

  test('are refused where they are too long, too many or for others', async () => {
    const id = await face.create({ visibility: 'community', tags: Array.from({ length: 128 }, (_, index) => `t${index}`) });
    expect((await face.send('PUT', `/v2/images/${id}/tags/${'x'.repeat(256)}`)).json.message).toContain('tag');
    expect((await face.send('PUT', `/v2/images/${id}/tags/new`)).status).toBe(413);
    expect((await face.send('PUT', `/v2/images/${id}/tags/new`, { token: 'bob:member' })).status).toBe(403);
    expect((await face.send('DELETE', `/v2/images/${id}/tags/t1`, { token: 'bob:member' })).status).toBe(403);
  });
});

describe('a protected image', () => {
  test('is not deleted before it is set free', async () => {
    const id = await face.create({ protected: true });
    const refused = await face.send('DELETE', `/v2/images/${id}`);
    expect([refused.status, refused.json.message]).toEqual([403, `Image ${id} is protected and cannot be deleted.`]);
    await patch(id, [replace('/protected', false)]);
    expect((await face.send('DELETE', `/v2/images/${id}`)).status).toBe(204);
  });
});

describe('a deactivated image', () => {
  test('withholds its data from all but admins until it is reactivated', async () => {
    const id = await face.create();
    await face.fill(id, 'data');
    expect((await act(id, 'deactivate')).status).toBe(204);
    expect((await act(id, 'deactivate')).status).toBe(204);
    expect((await face.send('GET', `/v2/images/${id}`)).json.status).toBe('deactivated');
    expect((await face.send('GET', `/v2/images/${id}/file`)).status).toBe(403);
    expect(String((await face.send('GET', `/v2/images/${id}/file`, { token: 'ops:admin' })).bytes)).toBe('data');
    expect((await act(id, 'reactivate')).status).toBe(204);
    expect(String((await face.send('GET', `/v2/images/${id}/file`)).bytes)).toBe('data');
  });

  test('has had data, and is its owner’s', async () => {
    const id = await face.create({ visibility: 'community' });
    expect((await act(id, 'deactivate')).json.message).toBe("Not allowed to deactivate image in status 'queued'");
    expect((await act(id, 'reactivate')).status).toBe(403);
    expect((await act(id, 'deactivate', 'bob:member')).status).toBe(403);
    expect((await act(await face.create(), 'deactivate', 'bob:member')).status).toBe(404);
    expect((await act(id, 'explode')).status).toBe(404);
  });
});
