/** Breaches that need an operator, repair by the reconciler, and states that are no breach. */
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { giveVolume } from '../../test/support/attached-volume.ts';
import { booksOf, brokenIn, brokenNow } from '../../test/support/books-of.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { SimulatedCloud, someone } from '../../test/support/simulated-cloud.ts';
import { plantPlacement } from '../../test/support/server-placements.ts';
import { until } from '../../test/support/until.ts';
import { systemIds } from '../lib/clock/ids.ts';
import { silentLog } from '../lib/log/log.ts';
import { portsOfServer } from '../db/stores/network/ports.ts';
import { asId, type ServerId } from '../objects/ids.ts';
import { reconcileBooks } from './reconcile.ts';
import { repairBooks } from './repair.ts';
import { type BooksDeps, verifyBooks } from './verify.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let server: string;
let gone: string;
let host: string;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1', 'host-2');
  cloud.startEngine();
  [{ id: server }, { id: gone }] = [await cloud.boot(), await cloud.boot()];
  await Promise.all([reaches(server, 'active'), reaches(gone, 'active')]);
  await cloud.api().delete(someone(), gone);
  await reaches(gone, 'deleted');
  await cloud.stopEngines();
  host = (await cloud.server(server)).host ?? '';
});
afterAll(async () => {
  await cloud?.stop();
  await database?.drop();
});

const reaches = (id: string, vmState: string) =>
  until(async () => (await cloud.server(id)).vmState === vmState, { what: `the server is ${vmState}`, timeoutMs: 20_000 });
const run = (text: ReturnType<typeof sql>) => text.execute(cloud.db);
const told = (more: object) => [expect.objectContaining({ evidence: expect.objectContaining(more) })];

test('a workflow that does not end is reported with its last error, and not repaired', async () => {
  await run(sql`INSERT INTO workflows (id, definition, subject, input, ctx, status, step, created_at, last_error)
    VALUES ('slow', 'server-action', ${server}, ${JSON.stringify({ serverId: server })}, '{}', 'running', 'perform',
      now() - interval '3 hours', '{"message":"no route"}')`);
  await run(sql`UPDATE servers SET task_state = 'pausing', workflow_id = 'slow' WHERE id = ${server}`);
  const verdict = await verifyBooks(booksOf(cloud));
  expect(brokenIn(verdict)).toEqual({ 'workflows-end': told({ step: 'perform', lastError: 'no route', about: server }) });
  expect(await repairBooks(booksOf(cloud), verdict, { requestId: 'req-1' })).toEqual([]);
  await run(sql`UPDATE servers SET task_state = NULL, workflow_id = NULL WHERE id = ${server}`);
  await run(sql`DELETE FROM workflows WHERE id = 'slow'`);
  expect(await brokenNow(cloud)).toEqual({});
});

test('a workflow that lost its server has ten minutes to unwind before it is cancelled', async () => {
  const put = (age: string) =>
    run(sql`INSERT INTO workflows (id, definition, subject, input, ctx, status, updated_at)
    VALUES ('late', 'server-action', ${server}, ${JSON.stringify({ serverId: server })}, '{}', 'running', now() - ${age}::interval)`);
  await put('9 minutes');
  expect(await brokenNow(cloud)).toEqual({});
  await run(sql`DELETE FROM workflows WHERE id = 'late'`);
  await put('11 minutes');
  const verdict = await verifyBooks(booksOf(cloud));
  expect(brokenIn(verdict)).toEqual({ 'workflows-hold-servers': told({ serverId: server, serverHeldBy: null }) });
  expect(await repairBooks(booksOf(cloud), verdict, { requestId: 'req-1' })).toMatchObject([{ outcome: 'repaired' }]);
  const late = await cloud.db.selectFrom('workflows').select('cancel_requested').where('id', '=', 'late').executeTakeFirstOrThrow();
  expect(late.cancel_requested).toBe(true);
  await run(sql`DELETE FROM workflows WHERE id = 'late'`);
});

test.each([
  {
    what: 'an event after the deletion',
    type: 'server.pause.end',
    of: () => gone,
    evidence: { last: 'server.pause.end', vmState: 'deleted' },
  },
  { what: 'a second deletion', type: 'server.delete.end', of: () => gone, evidence: { deletions: 2 } },
  { what: 'a second creation', type: 'server.create.start', of: () => server, evidence: { creations: 2 } },
  { what: 'a deletion of a live server', type: 'server.delete.end', of: () => server, evidence: { deletions: 1, vmState: 'active' } },
])('$what is reported, and not repaired', async ({ type, of, evidence }) => {
  await run(sql`INSERT INTO events (type, subject, request_id, payload) VALUES (${type}, ${of()}, 'req-odd', '{}')`);
  const verdict = await verifyBooks(booksOf(cloud));
  expect(brokenIn(verdict)).toEqual({ 'events-in-order': told(evidence) });
  expect(await repairBooks(booksOf(cloud), verdict, { requestId: 'req-1' })).toEqual([]);
  await run(sql`DELETE FROM events WHERE request_id = 'req-odd'`);
});

test('a dedicated CPU of two servers, and pages that a node does not have, are reported, and not repaired', async () => {
  const node = { hostNode: 0, cpus: [0], memoryMb: 4, pins: [{ cpu: 0, on: 1 }], floatsOn: [], held: [1], threads: 1 };
  const numa = JSON.stringify({ nodes: [node], pageKib: 2_048, emulatorOn: null });
  const topology = [{ id: 0, shared: [], dedicated: [1], cores: [[1]], memoryMb: 64, pages: [{ sizeKib: 2_048, total: 3, reserved: 0 }] }];
  await run(sql`UPDATE compute_nodes SET topology = ${JSON.stringify(topology)} WHERE host = ${host}`);
  await run(sql`UPDATE placements SET numa = ${numa} WHERE server_id = ${server}`);
  expect(await brokenNow(cloud)).toEqual({});
  await run(sql`INSERT INTO placements (server_id, host, role, numa) VALUES (${server}, ${host}, 'outgoing', ${numa})`);
  const verdict = await verifyBooks(booksOf(cloud));
  expect(brokenIn(verdict)['nodes-are-shared']).toEqual([
    ...told({ cpu: 1, servers: `${server}, ${server}` }),
    ...told({ node: 0, missing: 1 }),
  ]);
  expect(await repairBooks(booksOf(cloud), verdict, { requestId: 'req-1' })).not.toContainEqual(
    expect.objectContaining({ invariant: 'nodes-are-shared' }),
  );
  await run(sql`DELETE FROM placements WHERE role = 'outgoing'`);
  await run(sql`UPDATE placements SET numa = NULL`);
  await run(sql`UPDATE compute_nodes SET topology = NULL`);
  expect(await brokenNow(cloud)).toEqual({});
});

test('a volume that two hosts have is reported, and not repaired; one of several servers, and one of a server that moves, is not', async () => {
  const id = asId<ServerId>(server);
  await giveVolume(cloud, someone(), id);
  expect(await brokenNow(cloud)).toEqual({});
  await run(sql`INSERT INTO volume_attachments (id, volume_id, project_id, server_id, attached_host, status, connector)
    SELECT 'second', volume_id, project_id, server_id, 'elsewhere', 'attaching', '{}' FROM volume_attachments`);
  const verdict = await verifyBooks(booksOf(cloud));
  expect(brokenIn(verdict)).toEqual({ 'volumes-are-on-one-host': told({ server, serverIsOn: host, hosts: `elsewhere, ${host}` }) });
  expect(await repairBooks(booksOf(cloud), verdict, { requestId: 'req-1' })).toEqual([]);
  await run(sql`UPDATE volumes SET is_multiattach = true`);
  expect(await brokenNow(cloud)).toEqual({});
  await run(sql`UPDATE volume_attachments SET held_by = 'compute' WHERE id = 'second'`);
  expect(Object.keys(await brokenNow(cloud)).sort()).toEqual(['servers-hold-their-volumes', 'volumes-are-on-one-host']);
  await run(
    sql`INSERT INTO workflows (id, definition, subject, input, ctx, status) VALUES ('move', 'resize-server', ${server}, '{}', '{}', 'running')`,
  );
  await run(sql`UPDATE servers SET task_state = 'resize_migrating', workflow_id = 'move' WHERE id = ${server}`);
  expect(await brokenNow(cloud)).toEqual({});
  await run(sql`DELETE FROM workflows WHERE id = 'move'`);
  await run(sql`DELETE FROM volume_attachments`);
  await run(sql`DELETE FROM volumes`);
  await run(sql`UPDATE servers SET task_state = NULL, workflow_id = NULL, volumes = '[]' WHERE id = ${server}`);
  expect(await brokenNow(cloud)).toEqual({});
});

const device = (address: string) => ({ alias: 'gpu', address, resourceClass: 'CUSTOM_GPU', isManaged: true });

test('a PCI device of two servers, one that was unplugged, and a server with too few are reported, and not repaired', async () => {
  const [first, second] = [device('0000:81:00.0'), device('0000:82:00.0')];
  const wanted = { alias: 'gpu', count: 1, anyOf: [{}], numaPolicy: 'legacy' };
  const offer = (...devices: readonly object[]) =>
    run(sql`UPDATE compute_nodes SET devices = ${JSON.stringify(devices)} WHERE host = ${host}`);
  const found = async () => brokenIn(await verifyBooks(booksOf(cloud)))['devices-have-one-server'];
  await offer(first, second);
  await run(sql`UPDATE servers SET flavor = flavor || ${JSON.stringify({ devices: [wanted] })}::jsonb WHERE id = ${server}`);
  await run(sql`UPDATE placements SET devices = ${JSON.stringify([first])} WHERE server_id = ${server}`);
  expect(await found()).toBe(undefined);
  await run(
    sql`INSERT INTO placements (server_id, host, role, devices) VALUES (${server}, ${host}, 'outgoing', ${JSON.stringify([first])})`,
  );
  expect(await found()).toEqual(told({ device: `0000:81:00.0 of host ${host}`, servers: `${server}, ${server}` }));
  await run(sql`DELETE FROM placements WHERE role = 'outgoing'`);
  await offer(second);
  const verdict = await verifyBooks(booksOf(cloud));
  expect(brokenIn(verdict)['devices-have-one-server']).toEqual(told({ host, address: '0000:81:00.0' }));
  expect(await repairBooks(booksOf(cloud), verdict, { requestId: 'req-1' })).not.toContainEqual(
    expect.objectContaining({ invariant: 'devices-have-one-server' }),
  );
  await run(sql`UPDATE placements SET devices = '[]' WHERE server_id = ${server}`);
  expect(await found()).toEqual(told({ wanted: 1, has: 0 }));
  await run(sql`UPDATE placements SET devices = NULL`);
  expect(await found()).toEqual(told({ wanted: 1, has: 0 }));
  await run(sql`UPDATE servers SET flavor = flavor - 'devices'`);
  await run(sql`UPDATE compute_nodes SET devices = NULL`);
  expect(await brokenNow(cloud)).toEqual({});
});

test('a server whose guest has vanished is reported after a minute without a task', async () => {
  const on = cloud.host(host);
  const { listGuests } = on.driver;
  on.driver.listGuests = async () => [];
  await run(sql`UPDATE servers SET updated_at = now() - interval '30 seconds' WHERE id = ${server}`);
  expect(await brokenNow(cloud)).toEqual({});
  await run(sql`UPDATE servers SET updated_at = now() - interval '2 minutes' WHERE id = ${server}`);
  expect(await brokenNow(cloud)).toEqual({ 'servers-have-guests': told({ host, vmState: 'active' }) });
  on.driver.listGuests = listGuests;
  expect(await brokenNow(cloud)).toEqual({});
});

test('a host that does not answer is reported as silent, and its guests are not checked', async () => {
  const on = cloud.host(host);
  const { listGuests } = on.driver;
  on.driver.listGuests = () => Promise.reject(new Error('the hypervisor is away'));
  expect(await verifyBooks(booksOf(cloud))).toMatchObject({ isClean: true, silent: [host] });
  on.driver.listGuests = listGuests;
});

test("a server's allocations are checked against its flavor, and repaired", async () => {
  await cloud.db
    .updateTable('servers')
    .set({ flavor: sql`flavor || '{"swapMb": 1500, "ephemeralGb": 3}'` })
    .where('id', '=', server)
    .execute();
  const verdict = await verifyBooks(booksOf(cloud));
  expect(brokenIn(verdict)).toEqual({
    'placements-match-servers': told({ host, placedOn: host, size: '6 DISK_GB, 512 MEMORY_MB, 1 VCPU' }),
  });
  await repairBooks(booksOf(cloud), verdict, { requestId: 'req-1' });
  expect(await brokenNow(cloud)).toEqual({});
});

test('a second host is no breach while a workflow moves the server, nor while a resize waits to be confirmed', async () => {
  const other = host === 'host-1' ? 'host-2' : 'host-1';
  await run(
    sql`INSERT INTO workflows (id, definition, subject, input, ctx, status) VALUES ('move', 'move-server', 'x', '{}', '{}', 'running')`,
  );
  await plantPlacement(cloud.db, { serverId: server, host: other, role: 'incoming', workflowId: 'move' });
  expect(await brokenNow(cloud)).toEqual({});
  await run(sql`UPDATE workflows SET status = 'done', ended_at = now() WHERE id = 'move'`);
  expect(await brokenNow(cloud)).toEqual({ 'moves-are-held': told({ role: 'incoming', workflow: 'move-server done' }) });
  await run(sql`UPDATE placements SET role = 'outgoing' WHERE host = ${other}`);
  expect(await brokenNow(cloud)).toEqual({ 'moves-are-held': told({ role: 'outgoing', serverIsOn: host }) });
  await run(sql`UPDATE servers SET vm_state = 'resized' WHERE id = ${server}`);
  expect(await brokenNow(cloud)).toEqual({});
  await run(sql`UPDATE servers SET vm_state = 'active' WHERE id = ${server}`);
  await repairBooks(booksOf(cloud), await verifyBooks(booksOf(cloud)), { requestId: 'req-1' });
  expect(await brokenNow(cloud)).toEqual({});
  await run(sql`DELETE FROM workflows WHERE id = 'move'`);
});

test('a guest on a host that its server moves to or leaves is no breach', async () => {
  const other = cloud.host(host === 'host-1' ? 'host-2' : 'host-1');
  const { listGuests } = other.driver;
  other.driver.listGuests = async () => [{ serverId: asId(server), powerState: 'running' }];
  expect(await brokenNow(cloud)).toEqual({ 'guests-have-servers': told({ host: other.name, serverIsOn: host }) });
  await plantPlacement(cloud.db, { serverId: server, host: other.name, role: 'outgoing', workflowId: 'move' });
  expect(Object.keys(await brokenNow(cloud))).toEqual(['moves-are-held']);
  await repairBooks(booksOf(cloud), await verifyBooks(booksOf(cloud)), { requestId: 'req-1' });
  other.driver.listGuests = listGuests;
  expect(await brokenNow(cloud)).toEqual({});
});

test('a breach that is gone meanwhile is not repaired', async () => {
  await run(sql`UPDATE inventories SET used = used + 3 WHERE host = 'host-2' AND resource_class = 'VCPU'`);
  const verdict = await verifyBooks(booksOf(cloud));
  await run(sql`UPDATE inventories SET used = used - 3 WHERE host = 'host-2' AND resource_class = 'VCPU'`);
  expect(await repairBooks(booksOf(cloud), verdict, { requestId: 'req-1' })).toMatchObject([{ invariant: 'host-usage', outcome: 'gone' }]);
});

test('a failed repair does not prevent the others', async () => {
  await run(sql`UPDATE inventories SET used = used + 3`);
  const { findings, ...rest } = await verifyBooks(booksOf(cloud));
  const faulty = findings.map(({ invariant, breaches }) => ({
    invariant,
    breaches: breaches.map((breach) => (breach.subject === 'host-1' ? { ...breach, subject: 'host\u0000' } : breach)),
  }));
  const repaired = await repairBooks(booksOf(cloud), { ...rest, findings: faulty }, { requestId: 'req-1' });
  expect(repaired.map(({ outcome }) => outcome)).toEqual(['failed', 'repaired']);
  expect(await brokenNow(cloud)).toEqual({ 'host-usage': [expect.objectContaining({ subject: 'host-1' })] });
  await repairBooks(booksOf(cloud), await verifyBooks(booksOf(cloud)), { requestId: 'req-1' });
});

/** Two breaches, one of them self-healing; a reconciler whose log lines are kept. */
async function brokenCloud() {
  await run(sql`UPDATE inventories SET used = used + 3 WHERE host = 'host-2' AND resource_class = 'VCPU'`);
  await run(sql`UPDATE port_bindings SET host = 'host-9' FROM ports WHERE port_id = ports.id AND server_id = ${server}`);
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line).msg) });
  const reconcile = (books: BooksDeps) => reconcileBooks({ ...books, ids: systemIds, log })();
  return { lines, reconcile };
}

test('the reconciler logs every breach and repairs those that need no decision', async () => {
  const { lines, reconcile } = await brokenCloud();
  await reconcile(booksOf(cloud));
  expect(lines).toEqual([
    expect.stringContaining('the books are broken: Host host-2'),
    expect.stringContaining(`the books are broken: Server ${server}`),
    'a breach of the books was repaired',
  ]);
  expect(Object.keys(await brokenNow(cloud))).toEqual(['ports-follow-servers']);
  await repairBooks(booksOf(cloud), await verifyBooks(booksOf(cloud)), { requestId: 'req-1' });
  expect((await portsOfServer(cloud.db, asId(server))).map((port) => port.host)).toEqual([host]);
});

test('only one reconciler works at a time', async () => {
  let looks = 0;
  const gate = Promise.withResolvers<void>();
  const slow: BooksDeps = {
    ...booksOf(cloud),
    surroundings: async () => {
      looks += 1;
      await gate.promise;
      return { invariants: [], notChecked: [], silent: [] };
    },
  };
  const reconcile = () => reconcileBooks({ ...slow, ids: systemIds, log: silentLog })();
  const first = reconcile();
  await expect.poll(() => looks).toBe(1);
  await Promise.all([reconcile(), reconcile()]);
  expect(looks).toBe(1);
  gate.resolve();
  await first;
  await reconcile();
  expect(looks).toBe(2);
});
