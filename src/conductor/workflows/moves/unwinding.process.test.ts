/** Moves do all or nothing, wherever they fail, are cancelled, repeat or crash. */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { giveVolume, oneVolumeHere, volumesAgree } from '../../../../test/support/attached-volume.ts';
import { crashSample, runsAtLeast } from '../../../../test/support/crash-sample.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { bootedServer, type ProofWorld } from '../../../../test/support/proof-world.ts';
import { sampleFlavor, sampleServerId } from '../../../../test/support/sample-server.ts';
import { holdings, openActions } from '../../../../test/support/server-holdings.ts';
import { SimulatedCloud, someone } from '../../../../test/support/simulated-cloud.ts';
import { insertMigration } from '../../../db/stores/moves/migrations.ts';
import { enqueue } from '../../../lib/workflow/enqueue.ts';
import { proveUnwinding } from '../../../lib/workflow/prove-unwinding.ts';
import { asId, type HostName } from '../../../objects/ids.ts';
import { resizeServerRef } from '../../../operations/workflows.ts';
import { abandonMove } from './abandon-move.ts';
import { confirmResize } from './confirm-resize.ts';
import { evacuateServer } from './evacuate-server.ts';
import { resizeServer } from './resize-server.ts';
import { revertResize } from './revert-resize.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let world: ProofWorld;
const serverId = sampleServerId();
const ctx = { ...someone(), requestId: 'req-proof' };
const [source, destination] = ['host-1', 'host-2'].map((name) => asId<HostName>(name)) as [HostName, HostName];
const migrationId = 'a5f5a1d1-6a1c-4a57-8f2e-0d3c7c1b2a90';
const large = { ...sampleFlavor, id: '2', name: 'm1.small', vcpus: 2, ramMb: 1024, rootGb: 5 };

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start(source, destination);
  world = { cloud, ctx, serverId };
});
afterAll(async () => {
  await cloud.stop();
  await database.drop();
});

const resize = (excludedHosts: readonly HostName[]) => ({
  serverId,
  migrationId,
  host: source,
  flavor: large,
  wasStopped: false,
  requestedHost: null,
  excludedHosts,
  attemptNumber: 1,
});

/** A server whose resize this workflow is about to do. */
async function aboutToResize(workflowId: string): Promise<void> {
  await bootedServer(world, workflowId, { vmState: 'active', doing: 'resize', action: 'resize' });
  await giveVolume(cloud, ctx, serverId);
  await database.db.transaction().execute((trx) =>
    insertMigration(trx, {
      id: migrationId,
      serverId,
      type: 'resize',
      status: 'pre-migrating',
      source: { host: source, node: source },
      before: { flavor: sampleFlavor, number: 1 },
      after: { flavor: large, number: 2 },
      wasStopped: false,
      userId: ctx.userId,
      projectId: ctx.projectId,
    }),
  );
}

/** A resized server that this workflow is about to confirm or revert. */
async function resized(workflowId: string, doing: 'confirmResize' | 'revertResize', excludedHosts: readonly HostName[]): Promise<void> {
  await aboutToResize('before');
  cloud.startEngine();
  await enqueue(database.db, resizeServerRef, { id: 'before', subject: serverId, ctx, input: resize(excludedHosts) });
  await expect.poll(() => cloud.server(serverId), { timeout: 10_000, interval: 5 }).toMatchObject({ vmState: 'resized', taskState: null });
  await cloud.stopEngines();
  await database.db.deleteFrom('workflows').execute();
  const taskState = doing === 'confirmResize' ? 'resize_confirming' : 'resize_reverting';
  await database.db.updateTable('servers').set({ task_state: taskState, workflow_id: workflowId }).execute();
}

/** All that the server holds, and where it stands; how far its record says it got is told by the outcome. */
async function standing() {
  const { vmState, taskState, workflowId, fault, host, flavor } = await cloud.server(serverId);
  const [migration] = await database.db.selectFrom('server_migrations').select(['status', 'dest_host']).execute();
  const isReleased = workflowId === null && taskState === null;
  const open = (await openActions(cloud, serverId)).length;
  const volumes = await volumesAgree(cloud, serverId);
  return { held: await holdings(cloud), volumes, vmState, host, flavor: flavor.id, isReleased, hasFault: fault !== null, open, migration };
}

/** A failure is told by the fault, the action and the record of the move; all else is as before the operation. */
async function beforeOrAfter() {
  const { isReleased, hasFault, open, migration, ...rest } = await standing();
  if (!isReleased) return rest;
  expect(rest.volumes).toEqual(oneVolumeHere);
  expect(open).toBe(0);
  if (rest.vmState !== 'resized') expect(hasFault).toBe(migration?.status === 'error');
  return rest;
}

/** Where a resize goes, and where it may not go. Both ways share most steps: the second is proven by `npm run prove`. */
const ways = [
  ['to another host', [source], destination],
  ['on its own host', [destination], source],
] as const;
const provenWays = crashSample ? ways.slice(0, 1) : ways;

for (const [where, excluded] of provenWays)
  test(`a resize ${where} does all or nothing`, { timeout: 300_000 }, async () => {
    const runs = await proveUnwinding({
      db: database.db,
      pool: database.pool,
      // It has many steps.
      sample: crashSample && { ...crashSample, oneOf: 2 * crashSample.oneOf },
      input: resize(excluded),
      crashesInRepeats: false,
      world: async () => {
        await aboutToResize('proof-resize-server');
        return { definition: resizeServer(cloud.deps), snapshot: beforeOrAfter };
      },
    });
    expect(runs).toBeGreaterThan(runsAtLeast(100) / 2);
  });

const end = { serverId, migrationId, source, destination };

test.each(provenWays)(
  'a confirmation of a resize %s completes, whatever repeats or crashes',
  { timeout: 300_000 },
  async (_, excluded, there) => {
    const runs = await proveUnwinding({
      db: database.db,
      pool: database.pool,
      sample: crashSample,
      input: { ...end, destination: there, endsAs: 'active' as const },
      faults: [],
      world: async () => {
        await resized('proof-confirm-resize', 'confirmResize', excluded);
        return { definition: confirmResize(cloud.deps), snapshot: standing };
      },
    });
    expect(runs).toBeGreaterThan(runsAtLeast(5));
  },
);

test.each(provenWays)(
  'a reversal of a resize %s completes, whatever repeats or crashes',
  { timeout: 300_000 },
  async (_, excluded, there) => {
    const runs = await proveUnwinding({
      db: database.db,
      pool: database.pool,
      sample: crashSample,
      input: { ...end, destination: there, flavor: sampleFlavor, wasStopped: false },
      faults: [],
      world: async () => {
        await resized('proof-revert-resize', 'revertResize', excluded);
        return { definition: revertResize(cloud.deps), snapshot: standing };
      },
    });
    expect(runs).toBeGreaterThan(runsAtLeast(10));
  },
);

test('a move that is given up is cleaned up, whatever repeats or crashes', { timeout: 300_000 }, async () => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample,
    input: { serverId },
    faults: [],
    world: async () => {
      await resized('proof-abandon-move', 'revertResize', [source]);
      await database.db.updateTable('servers').set({ task_state: null, workflow_id: null, vm_state: 'error' }).execute();
      return { definition: abandonMove(cloud.deps), snapshot: standing };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(5));
});

test('an evacuation does all or nothing', { timeout: 300_000 }, async () => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample && { ...crashSample, oneOf: 2 * crashSample.oneOf },
    input: {
      serverId,
      migrationId,
      host: source,
      flavor: sampleFlavor,
      endsAs: 'active' as const,
      wasActive: true,
      requestedHost: null,
      excludedHosts: [source],
      attemptNumber: 1,
    },
    crashesInRepeats: false,
    world: async () => {
      await aboutToResize('proof-evacuate-server');
      return { definition: evacuateServer(cloud.deps), snapshot: evacuatedOrNot };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(100) / 2);
});

/**
 * The promise of an evacuation: the server is on one host, with its guest, ports and placement, and nothing is left on the other but, if it
 * did not compare its guests, one that is off. A failed one leaves it in error, for it cannot be told how its host is; one that failed after settling did happen.
 */
async function evacuatedOrNot() {
  const workflow = await database.db.selectFrom('workflows').select('status').executeTakeFirst();
  const { vmState, isReleased, open, migration, held, volumes, host } = await standing();
  const happened = host === destination;
  const [guests, leftover] = happened ? [[`running on ${destination}`], `shutdown on ${source}`] : [[`running on ${source}`], ''];
  const isWhole =
    isDeepStrictEqual(volumes, oneVolumeHere) &&
    isDeepStrictEqual(
      held.guests.filter((guest) => guest !== leftover),
      guests,
    ) &&
    isDeepStrictEqual(held.plugged, [host]) &&
    isDeepStrictEqual(
      held.ports.map((port) => port.host),
      [host],
    ) &&
    isDeepStrictEqual(
      held.placements.map((placement) => `${placement.role} ${placement.host}`),
      [`current ${host}`],
    );
  // It is completed once the host that was left has been compared.
  const isDone = migration?.status === 'done' || migration?.status === 'completed';
  const ends = happened ? vmState === 'active' && isDone : vmState === 'error';
  const kept = isWhole && (!workflow || (isReleased && open === 0 && ends && (workflow.status !== 'done' || happened)));
  return kept ? 'kept' : { status: workflow?.status, ...(await standing()) };
}
