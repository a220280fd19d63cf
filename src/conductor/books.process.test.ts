import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { brokenNow } from '../../test/support/books-of.ts';
import { plantPlacement } from '../../test/support/server-placements.ts';
import { SimulatedCloud, someone } from '../../test/support/simulated-cloud.ts';
import type { SimulatedHost } from '../../test/support/simulated-host.ts';
import { releasePlacements } from '../db/stores/hosts/placements.ts';
import { enqueue } from '../lib/workflow/enqueue.ts';
import { clientOf } from '../lib/rpc/client.ts';
import { asId, type HostName, type ServerId, type TaskId } from '../objects/ids.ts';
import { ServerNotFound } from '../compute/servers/errors.ts';
import { sampleGuest } from '../virt/guest-samples.ts';
import { performActionRef } from '../operations/workflows.ts';
import { conductorRpc } from './rpcapi.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let host: SimulatedHost;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  host = cloud.host('host-1');
});
afterEach(() => cloud.clear());

const WAIT = { timeout: 10_000, interval: 10 };
const conductor = () => clientOf(conductorRpc, cloud.bus);

const wanted = (task: string) => conductor().isTaskWanted(someone(), { taskId: asId<TaskId>(task) });

async function active(): Promise<string> {
  cloud.startEngine();
  const { id } = await cloud.boot();
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'active', taskState: null });
  return id;
}

test('stored work is done even if its API died before announcing it', async () => {
  cloud.startEngine();
  const { id } = await cloud.boot();
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'active' });
  await cloud.api({ deaf: true }).act(someone(), id, 'pause', null);
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'paused', taskState: null });
});

test('work stored while no conductor runs is done by the next one', async () => {
  const { id } = await cloud.boot({}, { deaf: true });
  expect(await cloud.server(id)).toMatchObject({ vmState: 'building', taskState: 'scheduling' });
  cloud.startEngine();
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'active', taskState: null });
});

test('a boot whose conductor stops during the spawn is continued by the next one', async () => {
  host.faults['spawn'] = { delayMs: 300 };
  cloud.startEngine();
  const { id } = await cloud.boot();
  await expect.poll(() => host.tasks.isBusy(asId(id)), WAIT).toBe(true);
  await cloud.stopEngines();
  // The report arrives while no engine waits for it.
  await expect.poll(() => host.tasks.isBusy(asId(id)), WAIT).toBe(false);
  cloud.startEngine();
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'active', taskState: null });
});

test('a report about an unknown task is ignored', async () => {
  const id = await active();
  const before = await cloud.server(id);
  const [workflow] = await cloud.db.selectFrom('workflows').select('id').execute();
  for (const task of ['nobody/guest', 'nonsense', `${workflow?.id}/guest`])
    await conductor().reportTask(someone(), {
      taskId: asId<TaskId>(task),
      error: { code: 'E', kind: 'internal', message: 'm', params: {} },
    });
  expect(await cloud.server(id)).toEqual(before);
  const reports = await cloud.db.selectFrom('workflow_reports').select('task_id').execute();
  expect(reports.map(({ task_id }) => task_id)).toEqual([`${workflow?.id}/guest`]);
});

test('a task is wanted only while its workflow is at its step', async () => {
  const id = await active();
  await cloud.stopEngines();
  const body = { serverId: asId<never>(id), host: host.name, action: 'pause', transition: 'pause', body: null } as const;
  await enqueue(cloud.db, performActionRef, { id: 'w', subject: id, ctx: someone(), input: body });
  const set = (status: 'running' | 'unwinding' | 'done', more = {}) =>
    cloud.db
      .updateTable('workflows')
      .set({ status, step: 'perform', ...more })
      .where('id', '=', 'w')
      .execute();
  await set('running');
  expect([await wanted('w/perform'), await wanted('w/settle'), await wanted('w/perform/undo'), await wanted('x/perform')]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  await set('unwinding');
  expect([await wanted('w/perform'), await wanted('w/perform/undo')]).toEqual([false, true]);
  await set('done', { ended_at: new Date(0) });
  expect(await wanted('w/perform')).toBe(false);
});

test('the books follow a guest whose power state changed outside the cloud', async () => {
  const id = await active();
  await host.driver.powerOff(asId(id));
  await host.reconcile();
  expect(await cloud.server(id)).toMatchObject({ vmState: 'stopped', powerState: 'shutdown' });
  await host.driver.powerOn(asId(id));
  await host.reconcile();
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', powerState: 'running' });
  const events = await cloud.db.selectFrom('events').select('type').where('subject', '=', id).where('type', 'like', '%Power%').execute();
  expect(events).toHaveLength(2);
});

test.each(['incoming', 'outgoing'] as const)(
  'the guest of an %s server is kept, and its power state ignored, until its placement is released',
  async (role) => {
    const id = await active();
    const other = await cloud.addHost('host-2');
    await plantPlacement(cloud.db, { serverId: id, host: 'host-2', role, workflowId: 'move' });
    await other.driver.spawn(sampleGuest({ serverId: asId(id) }), new AbortController().signal);
    await other.driver.powerOff(asId(id));
    const guestsThere = async () => (await other.driver.listGuests()).map(({ powerState }) => powerState);
    expect(await conductor().serversOnHost(someone(), { host: asId<HostName>('host-2') })).toMatchObject([{ serverId: id, role }]);
    await other.reconcile();
    expect(await guestsThere()).toEqual(['shutdown']);
    // An older host does not know the role, and reports.
    await conductor().correctPowerStates(someone(), { host: other.name, guests: [{ serverId: asId(id), powerState: 'shutdown' }] });
    expect(await cloud.server(id)).toMatchObject({ vmState: 'active', powerState: 'running', host: 'host-1' });
    await releasePlacements(cloud.db, asId(id), { host: other.name });
    await other.reconcile();
    expect(await guestsThere()).toEqual([]);
    await host.reconcile();
    expect(await host.driver.listGuests()).toMatchObject([{ serverId: id, powerState: 'running' }]);
  },
);

test('the guest of a server whose placement is lost is kept, as its record still names the host', async () => {
  const id = await active();
  await releasePlacements(cloud.db, asId(id));
  await host.reconcile();
  expect(await host.driver.listGuests()).toMatchObject([{ serverId: id }]);
  expect(await conductor().serversOnHost(someone(), { host: host.name })).toMatchObject([{ serverId: id, role: 'current' }]);
});

test('a power state is ignored for a server that is being changed or is elsewhere', async () => {
  const id = await active();
  const tell = (name: string) =>
    conductor().correctPowerStates(someone(), { host: asId<HostName>(name), guests: [{ serverId: asId(id), powerState: 'shutdown' }] });
  await tell('host-2');
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', powerState: 'running' });
  await cloud.stopEngines();
  await cloud.api().act(someone(), id, 'pause', null);
  await tell('host-1');
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', taskState: 'pausing', powerState: 'running' });
});

test('a power state is ignored if the server has changed since it was seen', async () => {
  const id = await active();
  await host.driver.powerOff(asId(id));
  const [seen] = await conductor().serversOnHost(someone(), { host: asId<HostName>('host-1') });
  const late = { serverId: asId<ServerId>(id), powerState: 'shutdown', ...(seen?.changedAt && { changedAt: seen.changedAt }) } as const;
  await cloud.api().act(someone(), id, 'reboot', { type: 'hard' });
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'active', taskState: null });
  const tell = (guest: typeof late) => conductor().correctPowerStates(someone(), { host: asId<HostName>('host-1'), guests: [guest] });
  await tell(late);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', powerState: 'running' });
  const [now] = await conductor().serversOnHost(someone(), { host: asId<HostName>('host-1') });
  await tell({ ...late, ...(now?.changedAt && { changedAt: now.changedAt }) });
  expect(await cloud.server(id)).toMatchObject({ vmState: 'stopped', powerState: 'shutdown' });
});

test('a power state seen before an action ended does not overwrite its result', async () => {
  const id = await active();
  const { listGuests } = host.driver;
  const seen = await host.driver.listGuests();
  // The host lists guests, then the server is stopped, then the host reads the books.
  host.driver.listGuests = async () => {
    host.driver.listGuests = listGuests;
    await cloud.api().act(someone(), id, 'stop', null);
    await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'stopped', taskState: null });
    return seen;
  };
  await host.reconcile();
  expect(await cloud.server(id)).toMatchObject({ vmState: 'stopped', powerState: 'shutdown' });
});

test('a boot survives the loss of every database connection at any moment', async () => {
  cloud.startEngine();
  const servers = await Promise.all(Array.from({ length: 8 }, () => cloud.boot()));
  const cut = sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  // This may also cut the connection that runs it.
  for (let times = 0; times < 5; times += 1) await cut.execute(cloud.db).catch(() => {});
  for (const { id } of servers)
    await expect.poll(() => cloud.server(id).catch(() => null), WAIT).toMatchObject({ vmState: 'active', taskState: null, fault: null });
});

test('the delete of a server without a host is done when it is answered; repeating it is a no-op', async () => {
  cloud.startEngine();
  host.faults['spawn'] = { failureRate: 1 };
  const { id } = await cloud.boot();
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'error', taskState: null, host: null });
  await cloud.api().delete(someone(), id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'deleted', taskState: null });
  await expect(cloud.api().delete(someone(), id)).rejects.toThrow(ServerNotFound({ id }));
  expect(await brokenNow(cloud)).toEqual({});
});
