import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { crashSample, runsAtLeast } from '../../../../test/support/crash-sample.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { bootedServer } from '../../../../test/support/proof-world.ts';
import { sampleServerId } from '../../../../test/support/sample-server.ts';
import { SimulatedCloud, someone } from '../../../../test/support/simulated-cloud.ts';
import type { SimulatedHost } from '../../../../test/support/simulated-host.ts';
import { holdings, openActions } from '../../../../test/support/server-holdings.ts';
import { releasePlacements } from '../../../db/stores/hosts/placements.ts';
import { proveUnwinding } from '../../../lib/workflow/prove-unwinding.ts';
import type { WorkflowDefinition, WorkflowRef } from '../../../lib/workflow/workflow.ts';
import { asId, type ImageId } from '../../../objects/ids.ts';
import type { NewServerImage } from '../../../objects/server-image.ts';
import type { VmState } from '../../../objects/states.ts';
import { lifecycle } from '../../../operations/lifecycle.ts';
import { makeVolume } from '../../../../test/support/attached-volume.ts';
import { systemIds } from '../../../lib/clock/ids.ts';
import { offloadServer } from './offload-server.ts';
import { shelveServer } from './shelve-server.ts';
import { snapshotServer } from './snapshot-server.ts';
import { unshelveServer } from './unshelve-server.ts';

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
beforeEach(() => {
  cloud.options.shelvedOffloadSeconds = 0;
});

const world = () => ({ cloud, ctx, serverId });

const image: NewServerImage = {
  id: asId<ImageId>('5f3a0c7e-0000-4000-8000-0000000000b1'),
  name: 'copy',
  owner: 'project-1',
  visibility: 'private',
  diskFormat: 'qcow2',
  minDiskGb: 1,
  minRamMb: 0,
  properties: {},
};
const old: NewServerImage = { ...image, id: asId<ImageId>('5f3a0c7e-0000-4000-8000-0000000000b2'), name: 'old' };

/** All that matters of the server, its image and what it holds. */
async function standing() {
  const { vmState, taskState, workflowId, fault, powerState, host, shelved } = await cloud.server(serverId);
  const { guests, placements, ports, plugged } = await holdings(cloud);
  const images = cloud.images.all.map(({ name, isWhole }) => `${isWhole ? 'whole' : 'empty'} ${name}`);
  const isOver = taskState === null && workflowId === null && (await openActions(cloud, serverId)).length === 0;
  const placed = placements.length === 1 && ports[0]?.host === host && plugged.length === 1;
  const unplaced = placements.length === 0 && ports[0]?.host === null && plugged.length === 0 && host === null;
  const where = placed ? 'on its host' : unplaced ? 'on no host' : { placements, ports, plugged, host };
  const volume = (await cloud.db.selectFrom('volumes').select('status').executeTakeFirst())?.status;
  const snapshot = (await cloud.db.selectFrom('volume_snapshots').select('status').executeTakeFirst())?.status;
  return {
    snapshot,
    vmState,
    taskState,
    powerState,
    isOver,
    hasFault: fault !== null,
    isShelved: shelved !== null,
    guests,
    images,
    where,
    volume,
  };
}
/** The same as it is promised. */
type Standing = { readonly [K in keyof Awaited<ReturnType<typeof standing>>]?: unknown };

interface Promised<Input extends object> {
  readonly input: Input;
  readonly definition: () => WorkflowDefinition & WorkflowRef<Input>;
  readonly prepare: () => Promise<void>;
  /** How the server stands when it is done. */
  readonly done: Standing;
  /** Or when it has failed before it took effect. */
  readonly failed: Standing;
  /** Whether the same workflow is proven more fully elsewhere. */
  readonly isVariant?: boolean;
}

/** Proves a workflow. A run keeps the promise if it ends as one of the two, and as the first if nothing failed. */
function prove<Input extends object>({ input, definition, prepare, done, failed, isVariant = false }: Promised<Input>): Promise<number> {
  const snapshot = async () => {
    const { name } = definition();
    const workflow = await database.db.selectFrom('workflows').select('status').where('definition', '=', name).executeTakeFirst();
    if (!workflow) return 'kept';
    const now = await standing();
    const ends = workflow.status === 'done' ? [done] : [done, failed];
    const isKept = (end: Standing) => Object.entries(end).every(([key, value]) => isDeepStrictEqual(Reflect.get(now, key), value));
    return ends.some(isKept) ? 'kept' : { ...workflow, ...now };
  };
  return proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: isVariant && crashSample ? { ...crashSample, oneOf: 12 } : crashSample,
    input,
    crashesInRepeats: false,
    world: async () => {
      await prepare();
      return { definition: definition(), snapshot };
    },
  });
}

const asBefore = { isOver: true, vmState: 'active', guests: ['running on host-1'], where: 'on its host' } as const;

test('a backup ends as a whole image or none, and the server stays', { timeout: 300_000 }, async () => {
  const runs = await prove({
    input: { serverId, host: host.name, image, transition: 'createBackup' as const, rotation: { type: 'daily', keep: 1 } },
    definition: () => snapshotServer(cloud.deps),
    prepare: () => bootedServer(world(), 'proof-snapshot-server', { vmState: 'active', doing: 'createBackup', action: 'createBackup' }),
    done: { ...asBefore, hasFault: false, images: ['whole copy'] },
    failed: { ...asBefore, hasFault: true, images: [] },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(80));
});

test('an image of a server that boots from a volume has its snapshot, or neither is left', { timeout: 300_000 }, async () => {
  const snapshotId = '5e0e0000-0000-4000-8000-00000000000f';
  const runs = await prove({
    input: {
      serverId,
      host: host.name,
      image: { ...image, diskFormat: 'raw' },
      transition: 'createImage' as const,
      snapshots: [{ snapshotId, volumeId: volume.volumeId }],
    },
    definition: () => snapshotServer(cloud.deps),
    prepare: async () => {
      await cloud.db.deleteFrom('volume_snapshots').execute();
      await bootedServer(world(), 'proof-snapshot-server', { vmState: 'active', doing: 'createImage', action: 'createImage' });
      await giveVolume(true);
      const owned = { volume_id: volume.volumeId, project_id: 'project-1', user_id: 'u', size_gb: 1, metadata: '{}' };
      // As an attempt that crashed has left it.
      await cloud.db
        .insertInto('volume_snapshots')
        .values({ ...owned, id: snapshotId, status: 'available' })
        .execute();
    },
    done: { ...asBefore, hasFault: false, images: ['whole copy'], snapshot: 'available', volume: 'in-use' },
    failed: { ...asBefore, hasFault: true, images: [], snapshot: 'deleting', volume: 'in-use' },
    isVariant: true,
  });
  expect(runs).toBeGreaterThan(runsAtLeast(60));
});

for (const shelvedOffloadSeconds of [0, -1])
  test(`a shelving leaves the server shelved or as it was, where it ${shelvedOffloadSeconds === 0 ? 'leaves' : 'stays on'} its host`, {
    timeout: 300_000,
  }, async () => {
    cloud.options.shelvedOffloadSeconds = shelvedOffloadSeconds;
    const shelved = { vmState: 'shelved', powerState: 'shutdown', isShelved: true, hasFault: false } as const;
    const rests = shelvedOffloadSeconds === 0 ? ({ taskState: 'shelving_offloading' } as const) : { isOver: true };
    const runs = await prove({
      input: { serverId, host: host.name, image, vmState: 'active' as const },
      definition: () => shelveServer(cloud.deps),
      prepare: () => bootedServer(world(), 'proof-shelve-server', { vmState: 'active', doing: 'shelve', action: 'shelve' }),
      done: { ...shelved, ...rests, guests: ['shutdown on host-1'], images: ['whole copy'], where: 'on its host' },
      failed: { ...asBefore, hasFault: true, images: [], isShelved: false },
      isVariant: shelvedOffloadSeconds !== 0,
    });
    expect(runs).toBeGreaterThan(runsAtLeast(60));
  });

const volume = {
  volumeId: '5e0e0000-0000-4000-8000-00000000000a',
  attachmentId: '5e0e0000-0000-4000-8000-00000000000b',
  device: '/dev/vdb',
};

/** Gives the server a volume, which its guest has if it is still on its host. */
async function giveVolume(isHere: boolean): Promise<void> {
  const { db, volumes: service, deps } = cloud;
  for (const table of ['volume_attachments', 'volume_snapshots', 'volumes'] as const) await db.deleteFrom(table).execute();
  await service.startHost();
  await service.driver.disconnect(volume.attachmentId);
  await makeVolume(cloud, volume.volumeId);
  const listed = { ...volume, id: systemIds.uuid(), tag: null, isDeletedWithServer: false };
  await db
    .updateTable('servers')
    .set({ volumes: JSON.stringify([listed]) })
    .execute();
  await deps.volumes.reserve(ctx, { ...volume, serverId });
  if (!isHere) return;
  const plugged = await deps.volumes.connect(ctx, { ...volume, host: host.name });
  if (plugged) await host.driver.attachVolume(serverId, plugged);
  await deps.volumes.complete(ctx, volume.attachmentId);
}

/** A server that was shelved, about to be changed by a workflow; its host keeps its guest or not. */
async function shelvedServer(workflowId: string, { action, isHere }: { action: 'unshelve' | 'shelveOffload'; isHere: boolean }) {
  await bootedServer(world(), workflowId, { vmState: 'shelved', doing: action, action });
  cloud.images.keep(old);
  const shelved = JSON.stringify({ imageId: old.id, at: '2026-01-01T00:00:00Z' });
  const vmState: VmState = isHere ? 'shelved' : 'shelved_offloaded';
  const place = isHere ? {} : { host: null, node: null, zone: null };
  const { doing } = lifecycle[action];
  await cloud.db
    .updateTable('servers')
    .set({ shelved, vm_state: vmState, task_state: doing, power_state: 'shutdown', ...place })
    .execute();
  await giveVolume(isHere);
  if (isHere) return;
  await host.driver.destroy(serverId);
  await cloud.deps.networking.deactivate(ctx, { serverId, host: host.name, fence: 0 });
  await releasePlacements(cloud.db, serverId);
}

test('a shelved server leaves its host, whatever fails', { timeout: 300_000 }, async () => {
  const gone = {
    isOver: true,
    vmState: 'shelved_offloaded',
    images: ['whole old'],
    isShelved: true,
    where: 'on no host',
    volume: 'reserved',
  } as const;
  const runs = await prove({
    input: { serverId, host: host.name },
    definition: () => offloadServer(cloud.deps),
    prepare: () => shelvedServer('proof-offload-server', { action: 'shelveOffload', isHere: true }),
    done: { ...gone, guests: [] },
    // The host finds it at its next look.
    failed: { ...gone, guests: ['shutdown on host-1'] },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(40));
  await host.reconcile();
  expect((await holdings(cloud)).guests).toEqual([]);
});

for (const isHere of [true, false])
  test(`a server that ${isHere ? 'stayed on' : 'left'} its host is unshelved or stays shelved`, { timeout: 300_000 }, async () => {
    const stays = { isOver: true, hasFault: true, images: ['whole old'], isShelved: true, volume: isHere ? 'in-use' : 'reserved' } as const;
    const runs = await prove({
      input: { serverId, host: isHere ? host.name : null, requestedHost: null },
      definition: () => unshelveServer(cloud.deps),
      prepare: () => shelvedServer('proof-unshelve-server', { action: 'unshelve', isHere }),
      done: { ...asBefore, powerState: 'running', hasFault: false, images: [], isShelved: false, volume: 'in-use' },
      failed: isHere
        ? { ...stays, vmState: 'shelved', guests: ['shutdown on host-1'], where: 'on its host' }
        : { ...stays, vmState: 'shelved_offloaded', guests: [], where: 'on no host' },
      isVariant: isHere,
    });
    expect(runs).toBeGreaterThan(runsAtLeast(60));
  });
