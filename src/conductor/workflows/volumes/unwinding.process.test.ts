/** Volumes are attached and detached as a whole or not at all, wherever that fails, is cancelled, repeats or crashes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeVolume } from '../../../../test/support/attached-volume.ts';
import { crashSample, runsAtLeast } from '../../../../test/support/crash-sample.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { bootedServer, type ProofWorld } from '../../../../test/support/proof-world.ts';
import { sampleServerId } from '../../../../test/support/sample-server.ts';
import { openActions } from '../../../../test/support/server-holdings.ts';
import { SimulatedCloud, someone } from '../../../../test/support/simulated-cloud.ts';
import type { SimulatedHost } from '../../../../test/support/simulated-host.ts';
import { endBeside } from '../../../db/stores/servers/settling.ts';
import { proveUnwinding } from '../../../lib/workflow/prove-unwinding.ts';
import { attachVolume } from './attach-volume.ts';
import { detachVolume } from './detach-volume.ts';
import { growVolume } from './grow-volume.ts';
import { mendVolume } from './mend-volume.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let host: SimulatedHost;
let world: ProofWorld;
const serverId = sampleServerId();
const ctx = { ...someone(), requestId: 'req-proof' };
const volume = {
  volumeId: '5e0e0000-0000-4000-8000-00000000000a',
  attachmentId: '5e0e0000-0000-4000-8000-00000000000b',
  device: '/dev/vdb',
};
const listed = { ...volume, id: '5e0e0000-0000-4000-8000-00000000000c', tag: null, isDeletedWithServer: false };

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  host = cloud.host('host-1');
  world = { cloud, ctx, serverId };
});
afterAll(async () => {
  await cloud.stop();
  await database.drop();
});

const actions = { attachVolume: 'attach_volume', detachVolume: 'detach_volume', growVolume: 'extend_volume' } as const;

/** A server that lists the volume, which is free. */
async function listing(workflowId: string, transition: keyof typeof actions): Promise<void> {
  const action = actions[transition];
  await cloud.db.deleteFrom('volume_attachments').execute();
  await cloud.db.deleteFrom('volumes').execute();
  await cloud.volumes.startHost();
  await cloud.volumes.driver.disconnect(volume.attachmentId);
  await bootedServer(world, workflowId, { vmState: 'active', doing: transition, action });
  await makeVolume(cloud, volume.volumeId);
  await cloud.db
    .updateTable('servers')
    .set({ volumes: JSON.stringify([listed]) })
    .execute();
}

/** Where the volume is: by the record of the server, the volume service, its host and the guest. */
async function places() {
  const { volumes } = await cloud.server(serverId);
  const { status } = await cloud.db.selectFrom('volumes').select('status').executeTakeFirstOrThrow();
  const attachments = await cloud.db.selectFrom('volume_attachments').select(['status', 'mountpoint']).execute();
  const { exports } = await cloud.volumes.driver.list();
  const plugged = host.volumesOf(serverId).map(({ device }) => device);
  return { listed: volumes.map(({ device }) => device), status, attachments, exports: exports.length, plugged };
}

const attached = {
  listed: ['/dev/vdb'],
  status: 'in-use',
  attachments: [{ status: 'attached', mountpoint: '/dev/vdb' }],
  exports: 1,
  plugged: ['/dev/vdb'],
};
const free = { listed: [], status: 'available', attachments: [], exports: 0, plugged: [] };

/** Whether the action has ended with its workflow. */
async function snapshot(ends: { readonly done: object; readonly undone: readonly object[] }): Promise<unknown> {
  const workflow = await cloud.db.selectFrom('workflows').select('status').executeTakeFirst();
  // Before it begins.
  if (!workflow) return 'as it should be';
  const now = { ...(await places()), open: (await openActions(cloud, serverId)).length };
  const wanted = workflow.status === 'done' ? [ends.done] : ends.undone;
  return wanted.some((one) => JSON.stringify({ ...one, open: 0 }) === JSON.stringify(now)) ? 'as it should be' : now;
}

/** Gives the server's guest the volume. */
async function attach(): Promise<void> {
  const { volumes } = cloud.deps;
  await volumes.reserve(ctx, { ...volume, serverId });
  const plugged = await volumes.connect(ctx, { ...volume, host: host.name });
  if (plugged) await host.driver.attachVolume(serverId, plugged);
  await volumes.complete(ctx, volume.attachmentId);
}

test('a volume is attached as a whole or not at all, wherever it fails, is cancelled, repeats or crashes', {
  timeout: 300_000,
}, async () => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample,
    input: { serverId, host: host.name, volume },
    crashesInRepeats: false,
    world: async () => {
      await listing('proof-attach-volume', 'attachVolume');
      return { definition: attachVolume(cloud.deps), snapshot: () => snapshot({ done: attached, undone: [free] }) };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(80));
});

test('a volume is detached as a whole or not at all, wherever it fails, is cancelled, repeats or crashes', {
  timeout: 300_000,
}, async () => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample,
    input: { serverId, host: host.name, volume },
    crashesInRepeats: false,
    world: async () => {
      await listing('proof-detach-volume', 'detachVolume');
      await attach();
      // What was given back stays so: a failure after that ends like a success.
      return { definition: detachVolume(cloud.deps), snapshot: () => snapshot({ done: free, undone: [attached, free] }) };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(60));
});

test('a guest gets the volume that it lacks, wherever that fails, repeats or crashes; a failure leaves it as it was', {
  timeout: 300_000,
}, async () => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample,
    input: { serverId, host: host.name, volumeId: volume.volumeId },
    crashesInRepeats: false,
    world: async () => {
      await listing('proof-mend-volume', 'attachVolume');
      const { volumes } = cloud.deps;
      await volumes.reserve(ctx, { ...volume, serverId });
      await volumes.connect(ctx, { ...volume, host: host.name });
      await volumes.complete(ctx, volume.attachmentId);
      // No user asked for this.
      await endBeside(cloud.db, { serverId, requestId: ctx.requestId, failed: false });
      return {
        definition: mendVolume(cloud.deps),
        snapshot: () => snapshot({ done: attached, undone: [{ ...attached, plugged: [] }, attached] }),
      };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(20));
});

test('a guest gets what was added to its volume, wherever that fails, repeats or crashes; a failure leaves the volume as it was', {
  timeout: 300_000,
}, async () => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample,
    input: { serverId, volumeId: volume.volumeId },
    crashesInRepeats: false,
    world: async () => {
      await listing('proof-grow-volume', 'growVolume');
      await attach();
      await cloud.volumes.driver.extend(volume.volumeId, 2);
      return { definition: growVolume(cloud.deps), snapshot: () => snapshot({ done: attached, undone: [attached] }) };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(20));
});
