import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ImageFace, startImageFace } from '../../../../test/support/image-face.ts';

let face: ImageFace;
let created: { id: string; created_at: string; checksum: string };
beforeAll(async () => {
  face = await startImageFace();
  for (const [index, size] of [0, 10, 20, 30].entries()) {
    const id = await face.create({
      name: `i${index}`,
      min_ram: index,
      disk_format: index < 2 ? 'raw' : 'ami',
      container_format: index < 2 ? 'bare' : 'ami',
      tags: ['all', `t${index}`],
      protected: index === 3,
      image_type: index === 0 ? 'snapshot' : 'base',
    });
    if (size > 0) await face.fill(id, 'x'.repeat(size));
  }
  const hidden = await face.create({ name: 'hidden', os_hidden: true });
  await face.create({ name: 'with, comma' });
  created = (await face.send('GET', `/v2/images/${hidden}`)).json;
});
afterAll(() => face?.stop());

const names = async (query: string, token = 'alice:member'): Promise<readonly string[]> => {
  const answer = await face.send('GET', `/v2/images?${query}`, { token });
  expect([answer.status, answer.json.message]).toEqual([200, undefined]);
  return answer.json.images.map(({ name }: { name: string }) => name);
};

test.each<[query: string, names: readonly string[]]>([
  ['name=i1', ['i1']],
  ['name=in:i1,i2,"with, comma"', ['i1', 'i2', 'with, comma']],
  ['status=active', ['i1', 'i2', 'i3']],
  ['status=in:queued,active&name=i0', ['i0']],
  ['disk_format=ami', ['i2', 'i3']],
  ['disk_format=in:raw,ami&tag=all', ['i0', 'i1', 'i2', 'i3']],
  ['container_format=in:ami', ['i2', 'i3']],
  ['tag=all&tag=t2', ['i2']],
  ['tag=all&tag=none', []],
  ['size=20', ['i2']],
  ['size_min=20', ['i2', 'i3']],
  ['size_min=10&size_max=20', ['i1', 'i2']],
  ['min_ram=2', ['i2']],
  ['protected=true', ['i3']],
  ['image_type=snapshot', ['i0']],
  ['os_hidden=TRUE', ['hidden']],
  ['owner=alice&tag=t1', ['i1']],
  ['owner=bob', []],
  ['visibility=private', []],
  ['visibility=shared&tag=t0', ['i0']],
  ['created_at=lt:2001-01-01T00:00:00Z', []],
  ['created_at=gt:2001-01-01&tag=t1', ['i1']],
  ['updated_at=gte:2001-01-01T10:00:00%2B01:00&tag=t1', ['i1']],
  ['limit=0', []],
])('%s finds %j', async (query, found) => {
  expect(await names(`${query}&sort=name:asc`)).toEqual(found);
});

test('times that were read are found again, to the second', async () => {
  expect(await names(`os_hidden=true&created_at=${created.created_at}`)).toEqual(['hidden']);
  expect(await names(`os_hidden=true&created_at=eq:${created.created_at}`)).toEqual(['hidden']);
  expect(await names(`os_hidden=true&created_at=neq:${created.created_at}`)).toEqual([]);
  expect(await names(`os_hidden=true&created_at=gt:${created.created_at}`)).toEqual([]);
  expect(await names(`os_hidden=true&created_at=lte:${created.created_at}`)).toEqual(['hidden']);
});

test('hashes find what they are of', async () => {
  const { checksum, os_hash_value } = (await face.send('GET', '/v2/images?name=i2')).json.images[0];
  expect(await names(`checksum=${checksum}`)).toEqual(['i2']);
  expect(await names(`os_hash_value=${os_hash_value}`)).toEqual(['i2']);
});

describe('order and pages', () => {
  test('several keys sort one after the other', async () => {
    expect(await names('tag=all&sort=disk_format:asc,size:desc')).toEqual(['i3', 'i2', 'i1', 'i0']);
    expect(await names('tag=all&sort_key=disk_format&sort_key=size&sort_dir=desc&sort_dir=asc')).toEqual(['i0', 'i1', 'i2', 'i3']);
    expect(await names('tag=all')).toEqual(['i3', 'i2', 'i1', 'i0']);
    expect(await names('tag=all&sort_dir=asc')).toEqual(['i0', 'i1', 'i2', 'i3']);
  });

  test.each(['sort=size:asc', 'sort=disk_format,size:asc', 'sort_key=container_format&sort_dir=asc', ''])(
    'every image comes once, page by page, with %s',
    async (sort) => {
      const walked: string[] = [];
      let page = (await face.send('GET', `/v2/images?tag=all&limit=1&${sort}`)).json;
      for (; page.images.length > 0; page = (await face.send('GET', page.next)).json) {
        walked.push(...page.images.map(({ name }: { name: string }) => name));
        expect(page.first).not.toContain('marker');
        if (page.next === undefined) break;
      }
      expect(walked.toSorted()).toEqual(['i0', 'i1', 'i2', 'i3']);
    },
  );
});

test.each([
  ['limit=x', 'limit'],
  ['limit=-1', 'limit'],
  ['sort=colour', 'sort key: colour'],
  ['sort=name:up', 'sort direction: up'],
  ['sort=name&sort_key=size', 'sorting'],
  ['sort_key=name&sort_key=size&sort_key=id&sort_dir=asc&sort_dir=asc', 'sort dirs'],
  ['visibility=secret', 'visibility'],
  ['member_status=maybe', 'member_status'],
  ['size_min=x', 'size_min'],
  ['size_max=-3', 'size_max'],
  ['size=99999999999999999', 'size'],
  ['min_ram=many', 'min_ram'],
  ['os_hidden=maybe', 'os_hidden'],
  ['protected=1', 'protected'],
  ['created_at=yesterday', 'created_at'],
  ['created_at=above:2026-01-01', 'created_at'],
  ['updated_at=2026-13-01', 'updated_at'],
  ['name=in:', 'name'],
  ['name=in:a,"b', 'name'],
  ['marker=nobody', 'nobody'],
  ['marker=00000000-0000-4000-8000-000000000000', '00000000'],
  ['name=a%00b', 'Malformed request url'],
])('the query %s is refused, naming %s', async (query, says) => {
  const answer = await face.send('GET', `/v2/images?${query}`);
  expect([answer.status, answer.json.message]).toEqual([400, expect.stringContaining(says)]);
});
