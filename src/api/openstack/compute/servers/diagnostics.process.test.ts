/** Diagnostics in both of their shapes, and topologies, as clients see them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;
let id: string;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  cloud.startEngine();
  face = await openFace(cloud);
  id = await face.boot({ config_drive: true });
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const read = (at: string, as: 'admin' | 'demo' | 'other' = 'admin', what = 'diagnostics') =>
  face.ask('GET', `/servers/${id}/${what}`, { at, as });

test('before 2.48 they have the names of the hypervisor', async () => {
  const [port] = (await cloud.server(id)).networkInfo;
  const tap = `tap${port?.portId.slice(0, 11)}`;
  const { status, body } = await read('2.47');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    cpu0_time: 2_000_000_000,
    vda_read_req: 400,
    memory: 512 * 1024,
    'memory-rss': 512 * 512,
    [`${tap}_rx_packets`]: 90,
  });
});

test('from 2.48 on they have one shape for every hypervisor', async () => {
  const { body } = await read('2.48');
  expect(body).toMatchObject({ state: 'running', driver: 'libvirt', config_drive: true, num_cpus: 1, num_nics: 1, num_disks: 1 });
  expect(body.memory_details).toEqual({ maximum: 512, used: 512 });
  expect(body.uptime).toBeGreaterThanOrEqual(0);
  expect(body.nic_details[0]).toMatchObject({ mac_address: expect.stringMatching(/^fa:16:3e/), rx_octets: 12_000, tx_rate: null });
});

test('they are for administrators, at hosts that have them, of running guests', async () => {
  expect([(await read('2.48', 'demo')).status, (await read('2.48', 'other')).status]).toEqual([403, 404]);
  await database.db.updateTable('compute_nodes').set({ capabilities: '["pause"]' }).execute();
  expect((await read('2.1')).status).toBe(501);
  await database.db.updateTable('compute_nodes').set({ capabilities: null }).execute();
  await face.act(id, { 'os-stop': null });
  await expect.poll(() => cloud.server(id), { timeout: 20_000 }).toMatchObject({ vmState: 'stopped', taskState: null });
  expect((await read('2.48')).status).toBe(409);
});

test('a topology is shown to whoever may read the server, from 2.78 on', async () => {
  expect((await read('2.77', 'demo', 'topology')).status).toBe(404);
  expect((await read('2.78', 'demo', 'topology')).body).toEqual({ nodes: [], pagesize_kb: null });
  expect((await read('2.78', 'other', 'topology')).status).toBe(404);
});

test('where its nodes are on the host is for administrators', async () => {
  const node = { memoryMb: 256, threads: 2, floatsOn: [], held: [4, 5, 6, 7] };
  const nodes = [
    {
      ...node,
      hostNode: 1,
      cpus: [0, 1],
      pins: [
        { cpu: 0, on: 4 },
        { cpu: 1, on: 5 },
      ],
    },
    { ...node, hostNode: 0, cpus: [2, 3], pins: [] },
  ];
  await sql`UPDATE servers SET flavor = flavor || '{"vcpus": 4, "extraSpecs": {"hw:numa_nodes": "2"}}' WHERE id = ${id}`.execute(
    database.db,
  );
  await sql`UPDATE placements SET numa = ${JSON.stringify({ nodes, pageKib: 2_048, emulatorOn: null })} WHERE server_id = ${id}`.execute(
    database.db,
  );
  const seen = [
    { vcpu_set: [0, 1], siblings: [[0, 1]], memory_mb: 256 },
    { vcpu_set: [2, 3], siblings: [[2, 3]], memory_mb: 256 },
  ] as const;
  expect((await read('2.78', 'demo', 'topology')).body).toEqual({ nodes: seen, pagesize_kb: 2_048 });
  expect((await read('2.78', 'admin', 'topology')).body.nodes).toEqual([
    { ...seen[0], host_node: 1, cpu_pinning: { 0: 4, 1: 5 } },
    { ...seen[1], host_node: 0, cpu_pinning: {} },
  ]);
});
