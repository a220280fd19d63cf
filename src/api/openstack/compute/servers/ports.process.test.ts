import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { networksOf, openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { until } from '../../../../../test/support/until.ts';
import { tellUntold } from '../../../../network/books/addresses.ts';
import { conductorRpc } from '../../../../conductor/rpcapi.ts';
import { systemIds } from '../../../../lib/clock/ids.ts';
import { silentLog } from '../../../../lib/log/log.ts';
import { clientOf } from '../../../../lib/rpc/client.ts';
import type { NetworkApi } from '../../../../network/api.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;
let networks: NetworkApi;
let id: string;
let web: string;

const demo = { requestId: 'req-1', userId: 'user-of-demo', projectId: 'd0', roles: ['member'], isAdmin: false };
const admin = { ...demo, roles: ['admin'], isAdmin: true };

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  cloud.startEngine();
  face = await openFace(cloud);
  networks = networksOf(cloud);
  id = await face.boot();
  web = (await networks.groups.create(demo, { name: 'web', description: 'the web' })).id;
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const namesIn = (groups: readonly { name: string }[]) => groups.map(({ name }) => name).sort();
const shown = async () => namesIn((await face.ask('GET', `/servers/${id}`)).body.server.security_groups ?? []);
const listed = async () => namesIn((await face.ask('GET', `/servers/${id}/os-security-groups`)).body.security_groups);
const groupsOfPort = async () => {
  const [port] = await networks.ofServers.ports((await cloud.server(id)).id);
  return port?.securityGroupIds ?? [];
};
const act = (key: string, name: string, as: 'demo' | 'other' | 'admin' = 'demo') => face.act(id, { [key]: { name } }, { as });
const words = (answer: { body: Record<string, { message: string }> }) => Object.values(answer.body)[0]?.message;

describe("a server's security groups", () => {
  // Fault 2026-11 D1.
  test.each(['2.1', '2.103'])('are listed with their incoming rules at %s', async (at) => {
    const asked = { groupId: web, direction: 'ingress', ethertype: 'IPv4' } as const;
    if (at === '2.1') {
      await networks.rules.create(demo, [
        { ...asked, protocol: 'tcp', portMin: 80, portMax: 81, remoteCidr: '10.0.0.0/8' },
        { ...asked, protocol: 'udp', remoteGroupId: web },
        { ...asked, ethertype: 'IPv6' },
      ]);
      expect((await act('addSecurityGroup', 'web')).status).toBe(202);
    }
    const { status, body } = await face.ask('GET', `/servers/${id}/os-security-groups`, { at });
    expect(status).toBe(200);
    const rule = { id: expect.any(String), parent_group_id: web };
    expect(body.security_groups.find((group: { id: string }) => group.id === web)).toEqual({
      id: web,
      name: 'web',
      description: 'the web',
      tenant_id: 'd0',
      rules: [
        { ...rule, ip_protocol: 'tcp', from_port: 80, to_port: 81, group: {}, ip_range: { cidr: '10.0.0.0/8' } },
        { ...rule, ip_protocol: 'udp', from_port: 1, to_port: 65_535, group: { name: 'web', tenant_id: 'd0' }, ip_range: {} },
        { ...rule, ip_protocol: null, from_port: null, to_port: null, group: {}, ip_range: { cidr: '::/0' } },
      ],
    });
    expect(namesIn(body.security_groups)).toEqual(['default', 'web']);
  });

  // Fault 2026-11 D1.
  test('are added and removed on its ports, by name and by id, and shown at once', async () => {
    expect((await act('addSecurityGroup', 'web')).status).toBe(202);
    expect([await groupsOfPort(), await listed(), await shown()]).toEqual([
      expect.arrayContaining([web]),
      ['default', 'web'],
      ['default', 'web'],
    ]);
    expect((await act('removeSecurityGroup', 'default')).status).toBe(202);
    expect([await groupsOfPort(), await listed(), await shown()]).toEqual([[web], ['web'], ['web']]);
    expect((await act('removeSecurityGroup', web)).status).toBe(202);
    expect([await groupsOfPort(), await listed(), await shown()]).toEqual([[], [], []]);
    expect((await act('addSecurityGroup', 'default', 'admin')).status).toBe(202);
    expect([await listed(), await shown()]).toEqual([['default'], ['default']]);
  });

  // Fault 2026-11 D1.
  test('that are unknown, not on it or not permitted are refused', async () => {
    const refused = async (...asked: Parameters<typeof act>) => {
      const answer = await act(...asked);
      return [answer.status, words(answer)];
    };
    expect(await refused('addSecurityGroup', 'nothing')).toEqual([404, 'Security group nothing is not found for project d0']);
    expect(await refused('removeSecurityGroup', 'nothing')).toEqual([404, 'Security group nothing is not found for project d0']);
    expect(await refused('removeSecurityGroup', 'web')).toEqual([404, `Security group web not associated with the instance ${id}`]);
    expect((await refused('addSecurityGroup', 'default', 'other'))[0]).toBe(404);
    expect((await face.act(id, { addSecurityGroup: {} })).status).toBe(400);
    const twin = await networks.groups.create(demo, { name: 'twin' });
    await networks.groups.create(demo, { name: 'twin' });
    expect((await refused('addSecurityGroup', 'twin'))[0]).toBe(409);
    expect((await act('addSecurityGroup', twin.id)).status).toBe(202);
    expect((await act('removeSecurityGroup', twin.id)).status).toBe(202);
  });

  // Fault 2026-11 D1.
  test('cannot be added where a port has no port security, nor without a port', async () => {
    const [port] = await networks.ofServers.ports((await cloud.server(id)).id);
    await networks.ports.update(admin, port?.id ?? '', { securityGroups: [], portSecurityEnabled: false });
    expect((await act('addSecurityGroup', 'web')).status).toBe(400);
    await networks.ports.update(admin, port?.id ?? '', { securityGroups: [...(port?.securityGroupIds ?? [])], portSecurityEnabled: true });
    const bare = await face.boot({ networks: 'none' }, { at: '2.37' });
    const answer = await face.act(bare, { addSecurityGroup: { name: 'web' } });
    expect([answer.status, words(answer)]).toEqual([404, `instance_id ${bare} could not be found as device id on any ports`]);
  });

  // Fault 2026-11 D1.
  test('are shown as the network API changes them: on the port, and by a new name', async () => {
    const [port] = await networks.ofServers.ports((await cloud.server(id)).id);
    await networks.ports.update(demo, port?.id ?? '', { securityGroups: [web] });
    expect(await shown()).toEqual(['web']);
    await networks.groups.update(demo, web, { name: 'shop' });
    await tellUntold({ db: cloud.db, ids: systemIds, log: silentLog, conductor: clientOf(conductorRpc, cloud.bus) })();
    expect(await shown()).toEqual(['shop']);
    await networks.groups.update(demo, web, { name: 'web' });
  });
});

const interfaces = (path: string, at = '2.1', as: 'demo' | 'other' = 'demo') =>
  face.ask('GET', `/servers/${id}/os-interface${path}`, { at, as });

describe("a server's interfaces", () => {
  // Fault 2026-11 D12.
  test('are listed and shown', async () => {
    const [port] = (await cloud.server(id)).networkInfo;
    const attachment = {
      port_id: port?.portId,
      net_id: port?.networkId,
      mac_addr: port?.macAddress,
      port_state: 'ACTIVE',
      fixed_ips: port?.fixedIps.map(({ subnetId, ipAddress }) => ({ subnet_id: subnetId, ip_address: ipAddress })),
    };
    expect(attachment.fixed_ips).toHaveLength(1);
    await until(async () => (await interfaces('')).body.interfaceAttachments[0]?.port_state === 'ACTIVE', {
      what: 'the port is active',
      timeoutMs: 10_000,
    });
    expect((await interfaces('')).body).toEqual({ interfaceAttachments: [attachment] });
    expect((await interfaces(`/${port?.portId}`, '2.70')).body).toEqual({ interfaceAttachment: { ...attachment, tag: null } });
  });

  // Fault 2026-11 D12.
  test('of another server or project are not found', async () => {
    const other = await face.boot();
    const [port] = (await cloud.server(other)).networkInfo;
    const answer = await interfaces(`/${port?.portId}`);
    expect([answer.status, words(answer)]).toEqual([404, `Instance ${id} does not have a port with id ${port?.portId}`]);
    expect((await interfaces('/none')).status).toBe(404);
    expect((await interfaces('', '2.1', 'other')).status).toBe(404);
  });
});
