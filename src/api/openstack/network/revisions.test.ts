import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NetworkFace, type Resource, startNetworkFace } from './test-face.ts';

let face: NetworkFace;
let network: Resource;
let subnet: Resource;
let group: Resource;
beforeAll(async () => {
  face = await startNetworkFace();
  network = await face.create('network', {});
  subnet = await face.create('subnet', { network_id: network.id, ip_version: 4, cidr: '10.91.0.0/24' });
  group = await face.create('security_group', {});
});
afterAll(() => face?.close());

const revisionOf = async (path: string): Promise<number> => {
  const [shown] = Object.values((await face.send('GET', path)).json);
  return Number(shown?.['revision_number']);
};
const rule = () => face.create('security_group_rule', { security_group_id: group.id, direction: 'ingress', protocol: 'tcp' });

/** A resource of each kind, and its path. */
const made: Readonly<Record<string, () => Promise<string>>> = {
  network: async () => `/v2.0/networks/${(await face.create('network', {})).id}`,
  subnet: async () => `/v2.0/subnets/${(await face.create('subnet', { network_id: network.id, ip_version: 4, cidr: '10.92.0.0/24' })).id}`,
  port: async () => `/v2.0/ports/${(await face.create('port', { network_id: network.id })).id}`,
  security_group: async () => `/v2.0/security-groups/${(await face.create('security_group', {})).id}`,
};

const at = (number: number) => ({ headers: { 'If-Match': `revision_number=${number}` } });

// Fault 2026-11 D10.
test.each(Object.keys(made))('a %s is changed and deleted only at the revision that the client saw', async (kind) => {
  const path = (await made[kind]?.()) ?? '';
  const rename = (name: string, number: number) => face.send('PUT', path, { json: { [kind]: { name } }, ...at(number) });
  const first = await revisionOf(path);
  const changed = await rename('new', first);
  const second = await revisionOf(path);
  expect([changed.status, Object.values(changed.json)]).toMatchObject([200, [{ name: 'new', revision_number: second }]]);
  expect(second).toBeGreaterThan(first);
  const late = await rename('late', first);
  const message = `Constrained to ${first}, but current revision is ${second}`;
  expect([late.status, late.json]).toEqual([412, { NeutronError: { type: 'RevisionNumberConstraintFailed', message, detail: '' } }]);
  expect((await face.send('DELETE', path, at(first))).status).toBe(412);
  expect((await face.send('PUT', `${path}/tags`, { json: { tags: ['late'] }, ...at(first) })).status).toBe(412);
  expect((await face.send('PUT', path, { json: { [kind]: { name: 'x' } }, headers: { 'If-Match': '"etag"' } })).status).toBe(400);
  const [shown] = Object.values((await face.send('GET', path)).json);
  expect(shown).toMatchObject({ name: 'new', tags: [], revision_number: second });
  const racing = await Promise.all(['a', 'b', 'c'].map((name) => rename(name, second)));
  expect(racing.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  expect((await face.send('DELETE', path, at(await revisionOf(path)))).status).toBe(204);
});

// Fault 2026-11 D10.
test('what belongs to a network, a group or a port raises its revision, and lists are filtered by it', async () => {
  const raised = async (path: string, act: () => Promise<unknown>) => {
    const before = await revisionOf(path);
    await act();
    expect(await revisionOf(path), path).toBeGreaterThan(before);
  };
  const networkPath = `/v2.0/networks/${network.id}`;
  const second = { network_id: network.id, ip_version: 4, cidr: '10.93.0.0/24' };
  await raised(networkPath, () => face.create('subnet', second));
  const [gone] = await face.list('/v2.0/subnets?cidr=10.93.0.0/24');
  await raised(networkPath, () => face.send('DELETE', `/v2.0/subnets/${gone?.id}`));
  const groupPath = `/v2.0/security-groups/${group.id}`;
  let made: Resource | undefined;
  await raised(groupPath, async () => (made = await rule()));
  const late = await face.send('DELETE', `/v2.0/security-group-rules/${made?.id}`, { headers: { 'If-Match': 'revision_number=99' } });
  expect(late.status).toBe(412);
  await raised(groupPath, () => face.send('DELETE', `/v2.0/security-group-rules/${made?.id}`));
  const port = await face.create('port', { network_id: network.id });
  const fixed_ips = [{ subnet_id: subnet.id, ip_address: '10.91.0.77' }];
  await raised(`/v2.0/ports/${port.id}`, () => face.send('PUT', `/v2.0/ports/${port.id}`, { json: { port: { fixed_ips } } }));
  const found = await face.list(`/v2.0/ports?id=${port.id}&revision_number=${await revisionOf(`/v2.0/ports/${port.id}`)}&fields=id`);
  expect(found).toEqual([{ id: port.id }]);
  expect(await face.list(`/v2.0/ports?id=${port.id}&revision_number=99`)).toEqual([]);
});
