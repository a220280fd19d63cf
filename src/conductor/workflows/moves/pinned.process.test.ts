/** Servers with CPUs and pages of their own on simulated hosts: wherever they go, guest and books agree, and nobody else has the same. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { brokenNow } from '../../../../test/support/books-of.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { sampleFlavor, sampleImage } from '../../../../test/support/sample-server.ts';
import { defaultRules } from '../../../../test/support/scheduling-rules.ts';
import { SimulatedCloud, someone } from '../../../../test/support/simulated-cloud.ts';
import { prepareRebuild } from '../../../compute/servers/work/rebuild.ts';
import { TopologyApi } from '../../../compute/servers/topology-api.ts';
import { insertFlavor } from '../../../db/stores/flavors/flavors.ts';
import type { Flavor } from '../../../objects/flavor.ts';
import type { ServerId } from '../../../objects/ids.ts';
import { heldBy, pinsOf } from '../../../objects/numa/guest-placement.ts';
import { allShared } from '../../../objects/numa/host-topology.ts';
import { Policy } from '../../../policy/policy.ts';
import { rules } from '../../../policy/rules.ts';
import { unlimited } from '../../../quota/resources.ts';
import { SchedulerApi } from '../../../scheduler/api.ts';
import { machineOf } from '../../../virt/fake/topology.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
const admin = () => ({ ...someone(), roles: ['admin', 'member'], isAdmin: true });
const pinned: Flavor = { ...sampleFlavor, id: 'p', name: 'pinned', vcpus: 2, extraSpecs: { 'hw:cpu_policy': 'dedicated' } };
const taller: Flavor = { ...pinned, id: 'r', name: 'pinned.tall', ramMb: 1_024 };
const larger: Flavor = {
  ...pinned,
  id: 'q',
  name: 'pinned.large',
  vcpus: 4,
  ramMb: 1_024,
  extraSpecs: { 'hw:cpu_policy': 'dedicated', 'hw:numa_nodes': '2', 'hw:mem_page_size': '2MB' },
};

beforeAll(async () => {
  database = await createTestDatabase();
  for (const flavor of [sampleFlavor, pinned, taller, larger]) await insertFlavor(database.db, flavor);
  cloud = new SimulatedCloud(database, { maxAttempts: 3 });
  await cloud.start();
  // Two nodes of four CPUs, of which the last three are dedicated.
  const nodes = { machine: machineOf('2x4x1'), division: { ...allShared, shared: [0, 4], dedicated: [1, 2, 3, 5, 6, 7] } };
  for (const name of ['host-1', 'host-2']) await cloud.addHost(name, nodes);
  cloud.startEngine();
});
afterAll(async () => {
  await cloud?.stop();
  await database?.drop();
});
afterEach(async () => {
  expect(await brokenNow(cloud)).toEqual({});
});

const WAIT = { timeout: 20_000, interval: 10 };
const rests = (id: string, state: object = {}) =>
  expect.poll(() => cloud.server(id), WAIT).toMatchObject({ taskState: null, workflowId: null, ...state });
const act = (...[ctx, id, name, input]: Parameters<ReturnType<SimulatedCloud['api']>['act']>) => cloud.api().act(ctx, id, name, input);
const boot = (flavor: Flavor) =>
  cloud.boot({}, { resolve: async (_ctx, request) => ({ request, flavor, image: sampleImage, volumes: [], publicKey: null }) });

/** The place of a server in the books; its guest has the same. */
async function placeOf(id: ServerId) {
  const { host } = await cloud.server(id);
  const { numa } = await database.db
    .selectFrom('placements')
    .select('numa')
    .where('server_id', '=', id)
    .where('role', '=', 'current')
    .executeTakeFirstOrThrow();
  expect(cloud.host(host).driver.guestOf(id).spec.numa).toEqual(numa);
  if (!numa) throw new Error('it has no place');
  return { host: String(host), numa };
}

const remove = async (id: string) => {
  await cloud.api().delete(someone(), id);
  await rests(id, { vmState: 'deleted' });
};

test('pinned servers fill the hosts, one more is refused with the reason in numbers, and the smallest change is told', async () => {
  // On each node a pair of the three dedicated CPUs: two servers on each host.
  const servers = await Promise.all([1, 2, 3, 4].map(() => boot(pinned)));
  for (const { id } of servers) await rests(id, { vmState: 'active', fault: null });
  const places = await Promise.all(servers.map(({ id }) => placeOf(id)));
  const held = places.flatMap(({ host, numa }) => heldBy(numa).map((cpu) => `${cpu} of ${host}`));
  expect(new Set(held).size).toBe(8);
  const late = await boot(pinned);
  await rests(late.id, { vmState: 'error' });
  expect((await cloud.server(late.id)).fault?.details).toContain(
    'NUMATopologyFilter refused 2 of 2 hosts: wants 2 dedicated CPUs on one node, has 1',
  );
  const api = new SchedulerApi({ db: database.db, rules: defaultRules, downAfterSeconds: 60 });
  expect((await api.explain(late.id))[0]?.now?.smallestChange).toEqual(['with 1 CPU less']);
  // As if it had no host yet, a server that is there fits.
  expect((await api.explain(servers[0]?.id ?? ''))[0]?.now?.winner).toBe(places[0]?.host);
  for (const { id } of [...servers, late]) await remove(id);
});

test('a server that moves, in whatever way, has CPUs of the host that it comes to, and gives the others back', async () => {
  const [{ id }, other] = [await boot(pinned), await boot(pinned)];
  for (const one of [id, other.id]) await rests(one, { vmState: 'active' });
  const anywhere = { host: null, copiesDisks: null, isForced: false, awaitsChecks: false };
  const first = await placeOf(id);
  await act(admin(), id, 'live-migration', anywhere);
  await rests(id, { vmState: 'active', fault: null });
  expect((await placeOf(id)).host).not.toBe(first.host);

  await act(admin(), id, 'migrate', { host: null });
  await rests(id, { vmState: 'resized' });
  await placeOf(id);
  await act(someone(), id, 'confirmResize', null);
  await rests(id, { vmState: 'active', host: first.host });

  await remove(other.id);
  const before = await placeOf(id);
  await act(someone(), id, 'resize', { flavorId: larger.id });
  await rests(id, { vmState: 'resized', flavor: larger, fault: null });
  const { numa } = await placeOf(id);
  expect(numa).toMatchObject({ pageKib: 2_048, nodes: [{ memoryMb: 512 }, { memoryMb: 512 }] });
  expect(pinsOf(numa)).toHaveLength(4);
  await act(someone(), id, 'revertResize', null);
  await rests(id, { vmState: 'active', flavor: pinned });
  expect(await placeOf(id)).toEqual(before);

  await act(someone(), id, 'shelve', null);
  await rests(id, { vmState: 'shelved_offloaded' });
  await act(someone(), id, 'unshelve', {});
  await rests(id, { vmState: 'active' });
  await placeOf(id);
  const seen = await new TopologyApi({ db: database.db, policy: new Policy({ rules }) }).show(someone(), id);
  expect(seen).toMatchObject({ placement: { nodes: [{ cpus: [0, 1] }] }, threads: 1, showsHost: false });

  const { host: dead } = await placeOf(id);
  await cloud.host(dead).die();
  await act(admin(), id, 'evacuate', { host: null, isForced: false, onSharedStorage: false, staysStopped: false });
  await rests(id, { vmState: 'active', fault: null });
  expect((await placeOf(id)).host).not.toBe(dead);
  await cloud.host(dead).start();
  await remove(id);
  expect(await database.db.selectFrom('inventories').select('host').where('used', '>', 0).execute()).toEqual([]);
});

test('on its own host a server that is resized has other CPUs until that is confirmed or reverted', async () => {
  const { id } = await boot(pinned);
  await rests(id, { vmState: 'active' });
  const before = await placeOf(id);
  for (const other of cloud.hosts) if (other.name !== before.host) await other.die();
  const stay = { preparers: cloud.preparers({ mayStay: true }) };
  const resize = async () => {
    await cloud.api(stay).act(someone(), id, 'resize', { flavorId: taller.id });
    await rests(id, { vmState: 'resized', host: before.host, flavor: taller });
    const { numa } = await placeOf(id);
    expect(heldBy(numa).filter((cpu) => heldBy(before.numa).includes(cpu))).toEqual([]);
    return numa;
  };
  await resize();
  await act(someone(), id, 'revertResize', null);
  await rests(id, { vmState: 'active', flavor: pinned });
  expect(await placeOf(id)).toEqual(before);
  const numa = await resize();
  await act(someone(), id, 'confirmResize', null);
  await rests(id, { vmState: 'active', flavor: taller });
  expect(await placeOf(id)).toEqual({ host: before.host, numa });
  for (const other of cloud.hosts) if (other.name !== before.host) await other.start();
  await remove(id);
});

test('a rebuild cannot change the nodes of a server', async () => {
  const { id } = await boot(pinned);
  await rests(id, { vmState: 'active' });
  const before = await placeOf(id);
  const image = { ...sampleImage, properties: { hw_numa_nodes: '2' } };
  const images = { ...cloud.images, forBoot: async () => image };
  const rebuild = (more: object) => cloud.api(more).act(someone(), id, 'rebuild', { imageId: sampleImage.id, preserveEphemeral: false });
  const deps = {
    db: database.db,
    policy: new Policy({ rules }),
    quotaLimits: unlimited,
    images,
    volumes: cloud.deps.volumes,
    ids: cloud.deps.ids,
  };
  await expect(rebuild({ preparers: { ...cloud.preparers(), rebuild: prepareRebuild(deps) } })).rejects.toThrow(
    "An instance's NUMA topology cannot be changed as part of a rebuild.",
  );
  await rebuild({});
  await rests(id, { vmState: 'active', fault: null });
  expect(await placeOf(id)).toEqual(before);
});
