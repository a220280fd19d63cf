/** Servers of a group that are booted at once, by schedulers that do not know of each other's choices: where they come to be. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { brokenNow } from '../../test/support/books-of.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { SimulatedCloud, someone } from '../../test/support/simulated-cloud.ts';
import { ServerGroupApi } from '../compute/groups/server-group-api.ts';
import { systemIds } from '../lib/clock/ids.ts';
import { asId, type HostName } from '../objects/ids.ts';
import type { GroupPolicy } from '../objects/server-group.ts';
import { novaPolicy } from '../policy/policy.ts';
import { unlimited } from '../quota/resources.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => {
  cloud = new SimulatedCloud(database, { maxAttempts: 3 });
});
afterEach(() => cloud.clear());

const WAIT = { timeout: 150_000, interval: 50 };
const nameOf = (n: number) => asId<HostName>(`host-${n}`);

async function start(hosts: number): Promise<void> {
  await cloud.start(...Array.from({ length: hosts }, (_, n) => nameOf(n + 1)));
}

const groups = () => new ServerGroupApi({ db: database.db, policy: novaPolicy(), quotaLimits: unlimited, ids: systemIds });
const makeGroup = async (policy: GroupPolicy, maxServerPerHost?: number) =>
  (await groups().create(someone(), { name: 'g', policy, rules: maxServerPerHost === undefined ? {} : { maxServerPerHost } })).id;

/** Every server is first sent to the same few hosts, each time in another order: as if nobody had seen the others' choices yet. */
function plantOldSnapshot(hosts: readonly HostName[]): void {
  const { scheduler } = cloud.deps;
  const asked = new Set<string>();
  const selectDestination: typeof scheduler.selectDestination = async (ctx, { request }) => {
    if (asked.has(request.serverId)) return await scheduler.selectDestination(ctx, { request });
    asked.add(request.serverId);
    const turn = asked.size % hosts.length;
    const [host = nameOf(1), ...alternates] = [...hosts.slice(turn), ...hosts.slice(0, turn)];
    return { kind: 'placed', host, alternates, decisionId: systemIds.uuid() };
  };
  Object.assign(cloud.deps, { scheduler: { ...scheduler, selectDestination } });
}

async function bootAll(count: number, group: string) {
  const booted = await Promise.all(Array.from({ length: count }, () => cloud.boot({ schedulerHints: { group } })));
  for (const { id } of booted) await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ taskState: null });
  return await Promise.all(booted.map(({ id }) => cloud.server(id)));
}

test('of thirty at once in a group with anti-affinity no two are on one host, also when all were sent to the same', {
  timeout: 170_000,
}, async () => {
  await start(30);
  plantOldSnapshot([nameOf(1), nameOf(2), nameOf(3)]);
  cloud.startEngine();
  const servers = await bootAll(30, await makeGroup('anti-affinity'));
  expect(new Set(servers.map(({ host }) => host)).size).toBe(30);
  expect(servers.map(({ vmState }) => vmState)).toEqual(servers.map(() => 'active'));
  expect(await brokenNow(cloud)).toEqual({});
});

test('those that no host is left for end in error, and say why in numbers', { timeout: 120_000 }, async () => {
  await start(3);
  plantOldSnapshot([nameOf(1), nameOf(2), nameOf(3)]);
  cloud.startEngine();
  const servers = await bootAll(8, await makeGroup('anti-affinity', 2));
  const active = servers.filter(({ vmState }) => vmState === 'active');
  expect(active.map(({ host }) => host).toSorted()).toEqual(['host-1', 'host-1', 'host-2', 'host-2', 'host-3', 'host-3']);
  expect(servers.filter(({ vmState }) => vmState === 'error').map(({ fault }) => fault?.message)).toEqual(
    Array.from({ length: 2 }, () =>
      expect.stringContaining("ServerGroupAntiAffinityFilter refused 3 of 3 hosts: 2 members of the server's group there, of at most 2"),
    ),
  );
});

test('servers of a group with affinity come to one host, also when each was sent to another', { timeout: 120_000 }, async () => {
  await start(4);
  plantOldSnapshot([nameOf(1), nameOf(2), nameOf(3), nameOf(4)]);
  cloud.startEngine();
  const servers = await bootAll(6, await makeGroup('affinity'));
  expect(servers.map(({ vmState }) => vmState)).toEqual(servers.map(() => 'active'));
  expect(new Set(servers.map(({ host }) => host)).size).toBe(1);
  await cloud.db.updateTable('server_groups').set({ policy: 'anti-affinity' }).execute();
  expect(await brokenNow(cloud)).toMatchObject({ 'groups-keep-their-policy': [{ evidence: { members: 6, onCrowdedHost: 6, most: 1 } }] });
});

test('a server joins the group of its hint, and leaves it when it is deleted', { timeout: 60_000 }, async () => {
  await start(1);
  cloud.startEngine();
  const group = await makeGroup('soft-affinity');
  const [server] = await bootAll(1, group);
  expect((await groups().find(someone(), group)).members).toEqual([server?.id]);
  await cloud.api().delete(someone(), server?.id ?? '');
  await expect.poll(async () => (await groups().find(someone(), group)).members, WAIT).toEqual([]);
});

test.each(['anti-affinity', 'affinity'] as const)(
  'the members of a group with %s are limited, and its project alone may use it',
  async (policy) => {
    await start(1);
    const group = await makeGroup(policy);
    const boot = { schedulerHints: { group } };
    const limited = cloud.api({ quotaLimits: { ...unlimited, server_group_members: 1 } });
    await cloud.boot(boot);
    await expect(limited.boot(someone(), cloud.order(boot))).rejects.toThrow('Quota exceeded, too many servers in group');
    const stranger = { ...someone(), projectId: 'project-2' };
    await expect(cloud.api().boot(stranger, cloud.order(boot))).rejects.toThrow(`Instance group ${group} could not be found.`);
    const nowhere = { schedulerHints: { group: systemIds.uuid() } };
    await expect(cloud.boot(nowhere)).rejects.toThrow(/^Instance group .* could not be found\.$/);
  },
);
