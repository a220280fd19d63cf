/** Hosts that are told only of what concerns them are in line with the books all the same. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordTunnelAddress } from '../../db/stores/network/network-hosts.ts';
import { seededIds } from '../../lib/clock/ids.ts';
import { asId, type NetworkId, type PortId, type ServerId } from '../../objects/ids.ts';
import { member, newServerId, startTestCloud, type TestCloud, type TestHost } from '../test-cloud.ts';
import { CarriedBooks } from './carried-books.ts';
import { readHostBooks } from './books.ts';

let cloud: TestCloud;
let hosts: readonly TestHost[];
const networks: NetworkId[] = [];
const PROJECTS = ['a', 'b', 'c'];

beforeAll(async () => {
  cloud = await startTestCloud();
  hosts = ['one', 'two', 'three'].map((name) => cloud.addHost(name));
  for (const [at, { name }] of hosts.entries()) await recordTunnelAddress(cloud.database.db, name, `192.0.2.${at + 1}`);
  for (const cidr of ['10.1.0.0/24', '10.2.0.0/24']) networks.push((await cloud.addNetwork({ projectId: 'a', shared: true, cidr })).id);
});
afterAll(() => cloud?.database.drop());

const leave = ({ projectId, host }: { projectId: string; host: TestHost }, serverId: ServerId) =>
  host.manager.unplugPorts(member(projectId), { serverId });

test.each([1, 2, 3])('after servers came, moved and left, a host has nothing to correct (seed %i)', async (seed) => {
  const chance = seededIds(seed);
  const pick = <T>(from: readonly T[]): T => from[chance.below(from.length)] as T;
  const servers = new Map<ServerId, { readonly projectId: string; readonly host: TestHost }>();
  const corrections: unknown[] = [];
  for (let step = 0; step < 40; step++) {
    const known = pick([...servers.keys(), undefined]);
    const server = known && servers.get(known);
    if (!known || !server) {
      const [serverId, projectId, host] = [newServerId(), pick(PROJECTS), pick(hosts)];
      const requested = [{ networkId: pick(networks) }];
      await host.manager.allocatePorts(member(projectId), { serverId, projectId, hostname: 'vm', requested, securityGroups: ['default'] });
      await host.carry(member(projectId), serverId);
      servers.set(serverId, { projectId, host });
    } else if (chance.below(2) === 0) {
      await leave(server, known);
      await pick(hosts).manager.releasePorts(member(server.projectId), { serverId: known });
      servers.delete(known);
    } else {
      const host = pick(hosts);
      await leave(server, known);
      await host.carry(member(server.projectId), known);
      servers.set(known, { ...server, host });
    }
    if (chance.below(5) > 0) continue;
    // A host that has just let a port go looks after itself.
    for (const { hostNetworks } of hosts) await hostNetworks.refresh({ networkIds: [], groupIds: [] });
    for (const { hostNetworks } of hosts) corrections.push(...(await hostNetworks.converge()));
  }
  expect(corrections).toEqual([]);
  for (const [serverId, server] of servers) {
    await leave(server, serverId);
    await server.host.manager.releasePorts(member(server.projectId), { serverId });
  }
});

test('a change concerns a host by its networks, by the groups of its ports, and by the groups that their rules name', async () => {
  const [host] = hosts as readonly [TestHost];
  const serverId = newServerId();
  const requested = [{ networkId: networks[0] as NetworkId }];
  await host.manager.allocatePorts(member('d'), { serverId, projectId: 'd', hostname: 'vm', requested, securityGroups: ['default'] });
  await host.carry(member('d'), serverId);
  const { groupIds } = new CarriedBooks(await readHostBooks(cloud.database.db, host.name));
  const books = await readHostBooks(cloud.database.db, host.name);
  const named = { ...books, rules: books.rules.map((rule) => ({ ...rule, remoteGroupId: 'named' })) };
  const carried = new CarriedBooks(named);
  expect(carried.concernOf({ networkIds: [networks[0] as string], groupIds: [] })).toBe('more');
  expect(carried.concernOf({ networkIds: [networks[1] as string], groupIds: [] })).toBe('nothing');
  expect(carried.concernOf({ networkIds: [], groupIds: [...groupIds] })).toBe('rules');
  expect(carried.concernOf({ networkIds: [], groupIds: ['named'] })).toBe('rules');
  expect(carried.concernOf({ networkIds: [], groupIds: ['of others'] })).toBe('nothing');
  carried.unplugged(books.ports.map(({ id }) => asId<PortId>(id)));
  expect(carried.concernOf({ networkIds: [], groupIds: [...groupIds] })).toBe('nothing');
});
