import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootVolumes, listBootVolumes, standingOfBootVolumes } from '../../../test/support/attached-volume.ts';
import { crashSample, runsAtLeast } from '../../../test/support/crash-sample.ts';
import * as proof from '../../../test/support/proof-world.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { sampleImage, sampleServerId } from '../../../test/support/sample-server.ts';
import { holdings, nothingHeld, openActions } from '../../../test/support/server-holdings.ts';
import { SimulatedCloud, someone } from '../../../test/support/simulated-cloud.ts';
import type { SimulatedHost } from '../../../test/support/simulated-host.ts';
import { actionOf, type HostActionName } from '../../operations/actions/kinds.ts';
import { destinationOf, lifecycle, type Transition, type TransitionName } from '../../operations/lifecycle.ts';
import { enqueue } from '../../lib/workflow/enqueue.ts';
import { proveUnwinding } from '../../lib/workflow/prove-unwinding.ts';
import { withFault } from '../../lib/workflow/sabotage.ts';
import type { WorkflowDefinition, WorkflowRef } from '../../lib/workflow/workflow.ts';
import type { VmState } from '../../objects/states.ts';
import { deleteServerRef, performActionRef } from '../../operations/workflows.ts';
import { bootServer } from './boot/boot-server.ts';
import { deleteServer } from './boot/delete-server.ts';
import { restoreServer } from './boot/restore-server.ts';
import { softDeleteServer } from './boot/soft-delete-server.ts';
import { allWorkflows } from './index.ts';
import { rebuildServer } from './disks/rebuild-server.ts';
import { rescueServer } from './disks/rescue-server.ts';
import { changePassword } from './power/change-password.ts';
import { serverAction } from './power/server-action.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let host: SimulatedHost;
const serverId = sampleServerId();
const ctx = { ...someone(), requestId: 'req-proof' };

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  host = cloud.host('host-1');
});
afterAll(async () => {
  await cloud.stop();
  await database.drop();
});

const world = () => ({ cloud, ctx, serverId });
const heldServer = (workflowId: string, action: string) => proof.heldServer(world(), workflowId, action);
const bootedServer = (...[workflowId, begun]: Shift<Parameters<typeof proof.bootedServer>>) =>
  proof.bootedServer(world(), workflowId, begun);
type Shift<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;

/** The server's state in terms of a boot; a state that no boot should leave is shown in full. */
async function standing() {
  const { vmState, taskState, workflowId, fault, powerState, launchedAt, host: at, node, zone, networkInfo } = await cloud.server(serverId);
  const place = { at, node, zone, ports: networkInfo.length };
  const open = (await openActions(cloud, serverId)).length;
  const waiting = workflowId !== null && vmState === 'building' && open === 1;
  const failed = workflowId === null && vmState === 'error' && fault !== null && open === 0;
  if ((waiting || failed) && launchedAt === null && powerState === 'pending') return { ...place, is: 'not booted' };
  if (vmState === 'active' && powerState === 'running' && taskState === null && launchedAt !== null && open === 0)
    return { ...place, is: 'active' };
  return { ...place, is: { vmState, taskState, workflowId, fault, powerState, launchedAt, open } };
}

test('a boot leaves all or nothing, wherever it fails, is cancelled, repeats or crashes', { timeout: 300_000 }, async () => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample && { ...crashSample, oneOf: 5 },
    input: {
      serverId,
      requestedNetworks: 'auto' as const,
      requestedHost: null,
      excludedHosts: [],
      attemptNumber: 1,
      volumesToMake: bootVolumes.map(({ volumeId }) => ({ volumeId, name: '', sizeGb: 1, type: null })),
    },
    // A crash in the middle of a step repeats it: the other half of the matrix adds little, for a minute of time.
    crashesInRepeats: false,
    world: async () => {
      await heldServer('proof-boot-server', 'create');
      await listBootVolumes(cloud);
      const volumes = async () => standingOfBootVolumes(cloud, await cloud.server(serverId));
      const snapshot = async () => ({ ...(await holdings(cloud)), server: await standing(), volumes: await volumes() });
      return { definition: bootServer(cloud.deps), snapshot };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(200));
});

const rows = Object.entries<Transition>(lifecycle);

/** The input of a workflow that performs an action from the first state of its row. */
function performing(action: HostActionName, input: unknown) {
  // The declared actions lose which input belongs to which; the test gives each its own.
  const transition = actionOf(action).rowFor(input);
  const row = rows.find(([name]) => name === transition)?.[1];
  const vmState = row && row.from !== 'any' ? row.from[0] : undefined;
  if (!row || !vmState) throw new Error(`no row says from where ${action} begins`);
  return { input: { serverId, host: host.name, action, transition, input }, row, vmState };
}

type Performing = ReturnType<typeof performing>;

/** An action's promise, beside keeping all that the server holds: it ends as its row says, released, with a fault if it failed. */
async function promiseOf({ row, vmState }: Performing): Promise<unknown> {
  const workflow = await cloud.db.selectFrom('workflows').select('status').executeTakeFirst();
  const server = await cloud.server(serverId);
  const open = await openActions(cloud, serverId);
  const isOver = server.taskState === null && server.workflowId === null && open.length === 0;
  const failed = isOver && server.fault !== null && server.vmState === (row.onFailure ?? vmState);
  // If the failure came after settling, the action did happen: the books follow the guest.
  const happened = isOver && server.vmState === destinationOf(row, { vmState });
  const kept = !workflow || (workflow.status === 'done' ? happened : failed || happened);
  return kept ? 'kept' : { status: workflow?.status, open, vmState: server.vmState, taskState: server.taskState, fault: server.fault };
}

/** The guest's power state is what the action changes, so it is not compared. */
const lasting = async () => ({ ...(await holdings(cloud)), guests: (await host.driver.listGuests()).length });

for (const [action, asked] of [
  ['pause', null],
  ['reboot', { type: 'hard' }],
] as const)
  test(`${action} loses and leaves nothing, wherever it fails, is cancelled, repeats or crashes`, { timeout: 300_000 }, async () => {
    const wanted = performing(action, asked);
    const runs = await proveUnwinding({
      db: database.db,
      pool: database.pool,
      sample: crashSample,
      input: wanted.input,
      world: async () => {
        await bootedServer('proof-server-action', { vmState: wanted.vmState, doing: wanted.input.transition, action });
        const snapshot = async () => ({ ...(await lasting()), promise: await promiseOf(wanted) });
        return { definition: serverAction(cloud.deps), snapshot };
      },
    });
    expect(runs).toBeGreaterThan(runsAtLeast(50));
  });

const inputs: Record<HostActionName, unknown> = {
  start: null,
  stop: null,
  reboot: { type: 'soft' },
  pause: null,
  unpause: null,
  suspend: null,
  resume: null,
  trigger_crash_dump: null,
  unrescue: { boots: true },
};

test.for(Object.entries(inputs))('%s brings the server and its guest to where its row says', async ([name, asked]) => {
  // Object.entries loses the keys' types.
  const action = name as HostActionName;
  const { input, row, vmState } = performing(action, asked);
  await bootedServer('one', { vmState, doing: input.transition, action });
  cloud.startEngine();
  await enqueue(database.db, performActionRef, { id: 'one', subject: serverId, ctx, input });
  await expect
    .poll(() => cloud.server(serverId), { timeout: 10_000 })
    .toMatchObject({ vmState: destinationOf(row, { vmState }), taskState: null, fault: null });
  await expect.poll(() => openActions(cloud, serverId), { timeout: 10_000 }).toEqual([]);
  await cloud.stopEngines();
  expect(await host.driver.powerState(serverId)).toBe((await cloud.server(serverId)).powerState);
  expect(await openActions(cloud, serverId)).toEqual([]);
});

/**
 * A rebuild's promise: all that the server holds is kept, except perhaps its guest after a failure; it ends as its row says, or in error.
 */
async function promiseOfRebuild() {
  const workflow = await cloud.db.selectFrom('workflows').select('status').executeTakeFirst();
  const { vmState, taskState, workflowId, fault, networkInfo } = await cloud.server(serverId);
  const open = (await openActions(cloud, serverId)).length;
  const isOver = taskState === null && workflowId === null && open === 0;
  const guests = (await host.driver.listGuests()).length;
  const happened = isOver && vmState === 'active' && fault === null && guests === 1;
  const failed = isOver && vmState === 'error' && fault !== null;
  const kept = !workflow || (workflow.status === 'done' ? happened : failed || happened);
  const { guests: _maybe, ...rest } = { ...(await holdings(cloud)), guests };
  return {
    ...rest,
    ports: networkInfo.length,
    promise: kept ? 'kept' : { status: workflow?.status, vmState, taskState, fault, open, guests },
  };
}

test('a rebuild loses and leaves nothing but a failed guest, wherever it fails, is cancelled, repeats or crashes', {
  timeout: 300_000,
}, async () => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample,
    input: { serverId, host: host.name, imageBefore: null, isOtherImage: true },
    crashesInRepeats: false,
    world: async () => {
      await bootedServer('proof-rebuild-server', { vmState: 'active', doing: 'rebuild', action: 'rebuild' });
      return { definition: rebuildServer(cloud.deps), snapshot: promiseOfRebuild };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(100));
});

/** The promise of an operation that keeps all that a server holds: it ends in the state that it leads to, or in the one that a failure leaves. */
async function promiseToKeep({ to, onFailure }: { to: VmState; onFailure: VmState }): Promise<unknown> {
  const workflow = await cloud.db.selectFrom('workflows').select('status').executeTakeFirst();
  const { vmState, taskState, workflowId, fault } = await cloud.server(serverId);
  const { deleted_at: deletedAt } = await cloud.db.selectFrom('servers').select('deleted_at').executeTakeFirstOrThrow();
  const open = (await openActions(cloud, serverId)).length;
  const isOver = taskState === null && workflowId === null && open === 0;
  const isTimed = (deletedAt !== null) === (vmState === 'soft-delete');
  const happened = isOver && vmState === to && fault === null && isTimed;
  const failed = isOver && vmState === onFailure && fault !== null;
  const kept = !workflow || (workflow.status === 'done' ? happened : failed || happened);
  return kept ? 'kept' : { status: workflow?.status, open, vmState, taskState, fault, deletedAt };
}

interface Keeping {
  /** The id of the proof's workflow. */
  readonly held: string;
  readonly doing: TransitionName;
  readonly from: VmState;
  readonly to: VmState;
  readonly onFailure: VmState;
}

/** Proves a workflow that keeps all that a server holds. */
async function proveKeeping<Input extends object>(definition: WorkflowDefinition & WorkflowRef<Input>, input: Input, one: Keeping) {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample,
    input,
    crashesInRepeats: false,
    world: async () => {
      await bootedServer(one.held, { vmState: one.from, doing: one.doing, action: one.doing });
      const deletedAt = one.from === 'soft-delete' ? new Date() : null;
      await cloud.db
        .updateTable('servers')
        .set({ deleted_at: deletedAt, admin_password: one.doing === 'changePassword' ? 'new' : null })
        .execute();
      return { definition, snapshot: async () => ({ ...(await lasting()), promise: await promiseToKeep(one) }) };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(50));
}

const whatever = 'loses nothing, wherever it fails, is cancelled, repeats or crashes';

test(`a delete that can be taken back ${whatever}`, { timeout: 300_000 }, async () => {
  const one = { held: 'proof-soft-delete-server', doing: 'softDelete', from: 'active', to: 'soft-delete', onFailure: 'error' } as const;
  await proveKeeping(softDeleteServer(cloud.deps), { serverId }, one);
});

test(`a restore ${whatever}`, { timeout: 300_000 }, async () => {
  const one = { held: 'proof-restore-server', doing: 'restore', from: 'soft-delete', to: 'active', onFailure: 'soft-delete' } as const;
  await proveKeeping(restoreServer(cloud.deps), { serverId }, one);
});

test(`a rescue ${whatever}`, { timeout: 300_000 }, async () => {
  const one = { held: 'proof-rescue-server', doing: 'rescue', from: 'active', to: 'rescued', onFailure: 'error' } as const;
  await proveKeeping(rescueServer(cloud.deps), { serverId, host: host.name, image: sampleImage }, one);
});

test(`a change of the password ${whatever}`, { timeout: 300_000 }, async () => {
  const one = { held: 'proof-change-password', doing: 'changePassword', from: 'active', to: 'active', onFailure: 'active' } as const;
  await proveKeeping(changePassword(cloud.deps), { serverId, host: host.name }, one);
});

/** What is left of a deleted server, and its state. */
const remains = async () => {
  const { vmState, taskState, workflowId, host: at, networkInfo, terminatedAt } = await cloud.server(serverId);
  const open = await openActions(cloud, serverId);
  return { ...(await holdings(cloud)), server: { vmState, taskState, workflowId, at, networkInfo, isOver: terminatedAt !== null, open } };
};
const deleted = { vmState: 'deleted', taskState: null, workflowId: null, at: 'host-1', networkInfo: [], isOver: true, open: [] };
const allGone = { ...nothingHeld, server: deleted };

/** Once it is released, nothing remains. */
async function remainsOrNothing() {
  const left = await remains();
  if (left.server.workflowId === null) expect(left).toEqual(allGone);
  return left;
}

test('a delete completes, whatever repeats or crashes', { timeout: 120_000 }, async () => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample,
    input: { serverId },
    faults: [],
    world: async () => {
      await bootedServer('proof-delete-server', { vmState: 'active', doing: 'delete', action: 'delete' });
      return { definition: deleteServer(cloud.deps), snapshot: remainsOrNothing };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(10));
});

const stepsOfDelete = ['guest', 'elsewhere', 'ports', 'volumes', 'shelved-image', 'gone'];

for (const what of ['fails before', 'fails after'] as const)
  test.for(stepsOfDelete)(
    `a delete whose step %s ${what} its effect ends in error with a fault, and a second one finishes the job`,
    async (step) => {
      await bootedServer('first', { vmState: 'active', doing: 'delete', action: 'delete' });
      cloud.startEngine((definition) =>
        definition.name === deleteServerRef.name ? withFault(definition, { step, what }, async () => {}) : definition,
      );
      await enqueue(database.db, deleteServerRef, { id: 'first', subject: serverId, ctx, input: { serverId } });
      await expect.poll(() => cloud.server(serverId), { timeout: 10_000 }).toMatchObject({ taskState: null });
      await cloud.stopEngines();
      if (step === 'gone' && what === 'fails after') {
        // The last write succeeded, and deletes are not undone.
        expect(await remains()).toEqual(allGone);
        return;
      }
      const failed = await cloud.server(serverId);
      expect(failed).toMatchObject({ vmState: 'error', workflowId: null, fault: { code: 500, message: `Step ${step} was made to fail.` } });
      expect(await openActions(cloud, serverId)).toEqual([]);
      cloud.startEngine();
      await cloud.api().delete(someone(), serverId);
      await expect.poll(() => cloud.server(serverId), { timeout: 10_000 }).toMatchObject({ vmState: 'deleted' });
      await cloud.stopEngines();
      expect(await remains()).toEqual(allGone);
    },
  );

test('every workflow is proven, here or in the unwinding.process.test.ts of its folder', () => {
  const proofs = globSync('**/unwinding.process.test.ts', { cwd: import.meta.dirname }).map((path) =>
    readFileSync(join(import.meta.dirname, path), 'utf8'),
  );
  // The engine names the workflow of a proof after its definition.
  const isProven = ({ name }: { readonly name: string }) => proofs.some((text) => text.includes(`'proof-${name}'`));
  expect(
    allWorkflows(cloud.deps)
      .filter((one) => !isProven(one))
      .map(({ name }) => name),
  ).toEqual([]);
  expect(deleteServer(cloud.deps).steps.map(({ name }) => name)).toEqual(stepsOfDelete);
});
