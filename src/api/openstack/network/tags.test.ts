import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NetworkFace, type Resource, startNetworkFace } from './test-face.ts';

let face: NetworkFace;
let things: Readonly<Record<string, Resource>>;
beforeAll(async () => {
  face = await startNetworkFace();
  const network = await face.create('network', { name: 'a', tags: ['red', 'new'] });
  things = {
    networks: network,
    subnets: await face.create('subnet', { network_id: network.id, ip_version: 4, cidr: '10.90.0.0/24', tags: ['red', 'new'] }),
    ports: await face.create('port', { network_id: network.id, tags: ['red', 'new'] }),
    'security-groups': await face.create('security_group', { name: 'g', tags: ['red', 'new'] }),
  };
});
afterAll(() => face?.close());

const KINDS = ['networks', 'subnets', 'ports', 'security-groups'] as const;
const ALICE = 'alice:member';

// Fault 2026-11 D5.
test.each(KINDS)('the tags of %s are set, added, asked for and taken away', async (kind) => {
  const thing = things[kind];
  expect(thing?.['tags']).toEqual(['red', 'new']);
  const path = `/v2.0/${kind}/${thing?.id}/tags`;
  const ask = async (method: string, below = '', json?: object) => {
    const answer = await face.send(method, `${path}${below}`, json && { json });
    return [answer.status, answer.json];
  };
  const tags = async () => (await ask('GET'))[1];
  expect(await ask('PUT', '', { tags: ['blue', 'a b'] })).toEqual([200, { tags: ['a b', 'blue'] }]);
  expect(await ask('POST', '', { tags: ['blue', 'green'] })).toEqual([200, { tags: ['a b', 'blue', 'green'] }]);
  expect(await ask('PUT', '/x%2Fy')).toEqual([201, {}]);
  expect(await ask('PUT', '/blue')).toEqual([201, {}]);
  expect(await tags()).toEqual({ tags: ['a b', 'blue', 'green', 'x/y'] });
  expect((await ask('GET', '/blue'))[0]).toBe(204);
  expect((await ask('DELETE', '/blue'))[0]).toBe(204);
  for (const method of ['GET', 'DELETE'])
    expect(await ask(method, '/blue')).toMatchObject([404, { NeutronError: { type: 'TagNotFound' } }]);
  const shown = await face.send('GET', `/v2.0/${kind}/${thing?.id}`);
  expect(Object.values(shown.json)).toMatchObject([{ tags: ['a b', 'green', 'x/y'] }]);
  expect((await ask('DELETE'))[0]).toBe(204);
  expect(await tags()).toEqual({ tags: [] });
});

// Fault 2026-11 D5.
test('wrong tags are refused, and so are tags of what one may not see or change', async () => {
  const path = `/v2.0/networks/${things['networks']?.id}/tags`;
  const many = Array.from({ length: 50 }, (_, index) => `t${index}`);
  for (const tags of [[''], ['x'.repeat(256)], ['a', 'a'], [7], 'a', null, [...many, 'more']])
    expect([tags, (await face.send('PUT', path, { json: { tags } })).status]).toEqual([tags, 400]);
  expect((await face.send('PUT', `${path}/${'x'.repeat(256)}`)).status).toBe(400);
  expect([400, 404]).toContain((await face.send('PUT', `${path}/a%00b`)).status);
  expect((await face.send('PUT', path, { json: { tags: many } })).status).toBe(200);
  expect((await face.send('PUT', `${path}/more`)).status).toBe(400);
  expect((await face.send('PUT', `${path}/t7`)).status).toBe(201);
  const refusal = async (token: string, at = path) => {
    const { status, json } = await face.send('PUT', at, { token, json: { tags: [] } });
    return [status, json['NeutronError']?.['type']];
  };
  expect(await refusal('other:member')).toEqual([404, 'TagResourceNotFound']);
  expect(await refusal('alice:reader')).toEqual([403, 'PolicyForbidden']);
  expect(await refusal(ALICE, '/v2.0/ports/private/tags')).toEqual([404, 'TagResourceNotFound']);
  const shared = await face.create('network', { shared: true }, 'root:admin');
  expect(await refusal(ALICE, `/v2.0/networks/${shared.id}/tags`)).toEqual([403, 'PolicyForbidden']);
  expect((await face.send('GET', path)).json['tags']).toHaveLength(50);
});

// Fault 2026-11 D5.
test.each<[query: string, names: string[]]>([
  ['tags=red', ['both', 'red']],
  ['tags=red,blue', ['both']],
  ['tags=red&tags=blue', ['both']],
  ['tags-any=blue,green', ['both']],
  ['not-tags=red,blue', ['none', 'red']],
  ['not-tags-any=blue,green', ['none', 'red']],
  ['tags=red&not-tags=blue', ['red']],
  ['tags=yellow', []],
])('networks listed by %s are %j', async (query, names) => {
  const token = 'tagger:member';
  if ((await face.list('/v2.0/networks?tenant_id=tagger', token)).length === 0)
    for (const [name, tags] of Object.entries({ both: ['red', 'blue'], none: [], red: ['red'] }))
      await face.create('network', { name, tags }, token);
  const found = await face.list(`/v2.0/networks?tenant_id=tagger&sort_key=name&${query}`, token);
  expect(found.map(({ name }) => name)).toEqual(names);
});
