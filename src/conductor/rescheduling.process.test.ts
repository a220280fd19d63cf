import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { holdings, nothingHeld, openActions } from '../../test/support/server-holdings.ts';
import { SimulatedCloud, someone } from '../../test/support/simulated-cloud.ts';
import type { SimulatedHost } from '../../test/support/simulated-host.ts';
import { withRepeats } from '../lib/workflow/sabotage.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let first: SimulatedHost;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The first host has more room, so every boot starts there. */
beforeEach(async () => {
  cloud = new SimulatedCloud(database, { maxAttempts: 3 });
  await cloud.start();
  first = await cloud.addHost('host-1', { memoryMb: 128_000 });
  await cloud.addHost('host-2');
});
afterEach(() => cloud.clear());

const WAIT = { timeout: 20_000, interval: 20 };

/** Waits until the server is idle. */
const rest = (id: string) => expect.poll(() => cloud.server(id), WAIT).toMatchObject({ taskState: null });

const attempts = async () => {
  const rows = await cloud.db
    .selectFrom('workflows')
    .select(['input', 'status'])
    .where('definition', '=', 'boot-server')
    .orderBy('seq')
    .execute();
  return rows.map(({ input, status }) => ({ ...input, status }));
};

const failedBuilds = async () =>
  Object.fromEntries(
    (await cloud.db.selectFrom('compute_nodes').select(['host', 'failed_builds']).execute()).map((row) => [row.host, row.failed_builds]),
  );

/** The holdings of a server that runs on the second host only. */
const onlyOnSecond = {
  placements: [{ host: 'host-2', role: 'current', allocated: '1 DISK_GB, 512 MEMORY_MB, 1 VCPU' }],
  used: [{ host: 'host-2', used: '1 DISK_GB, 512 MEMORY_MB, 1 VCPU' }],
  ports: [{ host: 'host-2', status: 'ACTIVE', device_owner: 'compute:nova', addresses: 1 }],
  guests: ['running on host-2'],
  plugged: ['host-2'],
};

test('a boot that fails on one host is retried on another, and leaves nothing on the first', async () => {
  first.faults['spawn'] = { failureRate: 1 };
  cloud.startEngine();
  const { id } = await cloud.boot();
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', powerState: 'running', host: 'host-2', fault: null });
  expect(await holdings(cloud)).toEqual(onlyOnSecond);
  expect(await openActions(cloud, id)).toEqual([]);
  // The next boot goes elsewhere at once, though the first host has more room.
  expect(await failedBuilds()).toEqual({ 'host-1': 1, 'host-2': 0 });
  expect(await attempts()).toMatchObject([
    { attemptNumber: 1, excludedHosts: [], status: 'undone' },
    { attemptNumber: 2, excludedHosts: ['host-1'], status: 'done', earlierFailure: { code: 'SimulatedFailure' } },
  ]);
});

test('a conductor that dies after it stored the next attempt does not store it twice', async () => {
  first.faults['spawn'] = { failureRate: 1 };
  cloud.startEngine(withRepeats);
  const { id } = await cloud.boot();
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', host: 'host-2' });
  expect(await attempts()).toHaveLength(2);
  expect(await holdings(cloud)).toEqual(onlyOnSecond);
});

test('a boot that fails on every host ends in error, with every reason for operators', async () => {
  for (const host of cloud.hosts) host.faults['spawn'] = { failureRate: 1 };
  cloud.startEngine();
  const { id } = await cloud.boot();
  await rest(id);
  const { vmState, host, fault } = await cloud.server(id);
  expect([vmState, host, fault?.code]).toEqual(['error', null, 500]);
  expect(fault?.message).toBe('No valid host was found. RetryFilter refused 2 of 2 hosts: it was tried there before and failed.');
  expect(fault?.details).toMatch(/^NoValidHost: [\s\S]*"examples":\["host-1"[\s\S]*after SimulatedFailure: /);
  expect(await holdings(cloud)).toEqual(nothingHeld);
  expect(await openActions(cloud, id)).toEqual([]);
});

// Fault 2026-11 E4.
test('a boot is tried on as many hosts as configured, and no more, although there are others', async () => {
  for (const name of ['host-3', 'host-4', 'host-5']) await cloud.addHost(name);
  for (const host of cloud.hosts) host.faults['spawn'] = { failureRate: 1 };
  cloud.startEngine();
  const { id } = await cloud.boot();
  await rest(id);
  expect((await cloud.server(id)).vmState).toBe('error');
  const tried = await attempts();
  expect(tried).toHaveLength(3);
  expect(tried).toMatchObject([1, 2, 3].map((attemptNumber) => ({ attemptNumber, status: 'undone' })));
  expect(await holdings(cloud)).toEqual(nothingHeld);
});

// Fault 2026-11 E6.
test('a fault is gone when the next action succeeds', async () => {
  cloud.startEngine();
  const { id } = await cloud.boot();
  await rest(id);
  first.faults['pause'] = { failureRate: 1 };
  await cloud.api().act(someone(), id, 'pause', null);
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', fault: { code: 500 } });
  delete first.faults['pause'];
  await cloud.api().act(someone(), id, 'pause', null);
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'paused', fault: null });
});

test('the fault of a server that fits nowhere gives numbers, and no host names', async () => {
  await cloud.db.updateTable('inventories').set({ total: 256 }).where('resource_class', '=', 'MEMORY_MB').execute();
  cloud.startEngine();
  const { id } = await cloud.boot();
  await rest(id);
  const { vmState, fault } = await cloud.server(id);
  expect([vmState, fault?.code]).toEqual(['error', 500]);
  expect(fault?.message).toMatch(/^No valid host was found\. RamFilter refused 2 of 2 hosts: .*256 MB.*512 MB/);
  expect(fault?.message).not.toContain('host-');
  expect(await attempts()).toHaveLength(1);
});

test('destroying the remains of a failed spawn is retried until it succeeds', async () => {
  first.faults['spawn'] = { failureRate: 1 };
  first.faults['destroy'] = { failureRate: 1 };
  cloud.startEngine();
  const { id } = await cloud.boot();
  const unwinding = () => cloud.db.selectFrom('workflows').select(['status', 'step', 'attempt']).executeTakeFirst();
  await expect.poll(async () => (await unwinding())?.attempt ?? 0, WAIT).toBeGreaterThan(2);
  expect(await unwinding()).toMatchObject({ status: 'unwinding', step: 'guest' });
  delete first.faults['destroy'];
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', host: 'host-2' });
});

/** A server whose spawn on the first host has begun and never ends. */
async function spawning() {
  first.faults['spawn'] = { delayMs: 3_600_000 };
  const { id } = await cloud.boot();
  await expect.poll(() => first.tasks.isBusy(id), WAIT).toBe(true);
  return id;
}

// Fault 2026-11 E10.
test('a boot that a delete supersedes leaves its ports and addresses alone until the guest is gone', async () => {
  cloud.startEngine();
  const id = await spawning();
  first.faults['destroy'] = { failureRate: 1 };
  await cloud.api().delete(someone(), id);
  const columns = ['definition', 'status', 'last_error', 'failure'] as const;
  const works = async () => {
    const rows = await cloud.db.selectFrom('workflows').select(columns).orderBy('seq').execute();
    return rows.map(({ definition, status, last_error, failure }) => ({ definition, status, error: (last_error ?? failure)?.code }));
  };
  // The boot has ended and been unwound, while the host still refuses to destroy what it made.
  await expect.poll(works, WAIT).toMatchObject([{ status: 'superseded' }, { definition: 'delete-server', error: 'GuestNotDestroyed' }]);
  expect((await holdings(cloud)).ports).toEqual([{ host: 'host-1', status: 'ACTIVE', device_owner: 'compute:nova', addresses: 1 }]);
  delete first.faults['destroy'];
  // The first delete may have given up by now.
  await cloud.api().delete(someone(), id);
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'deleted' });
  expect(await holdings(cloud)).toEqual(nothingHeld);
});

test('a boot whose host dies moves to another; the first keeps nothing of it when it is back', async () => {
  cloud.startEngine();
  const id = await spawning();
  await first.die();
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', host: 'host-2' });
  await first.start();
  expect(await holdings(cloud)).toEqual(onlyOnSecond);
});

test('a host that hangs until its boot has moved keeps nothing of it when it goes on', async () => {
  cloud.startEngine();
  first.faults['spawn'] = { delayMs: 3_000 };
  const { id } = await cloud.boot();
  await expect.poll(() => first.tasks.isBusy(id), WAIT).toBe(true);
  await cloud.db.updateTable('services').set({ seen_at: sql`now() - interval '1 hour'` }).where('host', '=', 'host-1').execute();
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', host: 'host-2' });
  // The host is still spawning when it is up again, and makes the guest only now.
  await first.report();
  await expect.poll(() => first.tasks.isBusy(id), WAIT).toBe(false);
  await expect.poll(() => holdings(cloud), WAIT).toEqual(onlyOnSecond);
});

test('a boot that is scheduled while every host is silent waits for them', async () => {
  await cloud.db.updateTable('services').set({ seen_at: sql`now() - interval '1 hour'` }).execute();
  cloud.startEngine();
  const { id } = await cloud.boot();
  const trouble = async () => (await cloud.db.selectFrom('workflows').select('last_error').executeTakeFirst())?.last_error;
  await expect.poll(trouble, WAIT).toMatchObject({ code: 'AllHostsSilent' });
  await cloud.db.updateTable('services').set({ seen_at: sql`now()` }).execute();
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', fault: null });
});

test('a host that was down ignores queued tasks that have moved to another host', async () => {
  cloud.startEngine();
  await first.goDeaf();
  const { id } = await cloud.boot();
  const step = async () => (await cloud.db.selectFrom('workflows').select('step').executeTakeFirst())?.step;
  await expect.poll(step, WAIT).toBe('guest');
  await first.die();
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', host: 'host-2' });
  await first.start();
  // This message is queued behind the old ones.
  await cloud.api().act(someone(), id, 'pause', null);
  await rest(id);
  expect(await holdings(cloud)).toEqual({ ...onlyOnSecond, guests: ['paused on host-2'] });
});

test('a host that restarts during a spawn is asked again, and makes the guest', async () => {
  cloud.startEngine();
  const id = await spawning();
  await first.stop();
  delete first.faults['spawn'];
  await first.start();
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'active', host: 'host-1' });
  expect(await attempts()).toHaveLength(1);
});

test('a delete does not wait for a dead host, which cleans up when it is back', async () => {
  cloud.startEngine();
  const { id } = await cloud.boot();
  await rest(id);
  await first.die();
  await cloud.api().delete(someone(), id);
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'deleted', host: 'host-1' });
  expect(await holdings(cloud)).toEqual({ ...nothingHeld, guests: ['running on host-1'], plugged: ['host-1'] });
  await first.start();
  expect(await holdings(cloud)).toEqual(nothingHeld);
});

test("an action on a dead host fails and leaves the server's state as it was", async () => {
  cloud.startEngine();
  const { id } = await cloud.boot();
  await rest(id);
  await first.die();
  const before = await holdings(cloud);
  await cloud.api().act(someone(), id, 'pause', null);
  await rest(id);
  const { vmState, powerState, fault } = await cloud.server(id);
  expect([vmState, powerState, fault?.message]).toEqual(['active', 'running', 'The compute host of the server does not answer.']);
  const [action] = await cloud.db.selectFrom('instance_actions').selectAll().orderBy('id', 'desc').execute();
  expect(action).toMatchObject({ action: 'pause', message: 'Error', finished_at: expect.any(Date) });
  expect(await holdings(cloud)).toEqual(before);
});

test("an action whose host dies during it leaves the server's state as it was", async () => {
  cloud.startEngine();
  const { id } = await cloud.boot();
  await rest(id);
  first.faults['reboot'] = { delayMs: 3_600_000 };
  await cloud.api().act(someone(), id, 'reboot', { type: 'soft' });
  await expect.poll(() => first.tasks.isBusy(id), WAIT).toBe(true);
  await first.die();
  await rest(id);
  expect(await cloud.server(id)).toMatchObject({
    vmState: 'active',
    fault: { message: 'The compute host of the server does not answer.' },
  });
});
