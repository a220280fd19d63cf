/** Each workflow of volumes, failing, cancelled, repeated and crashed at every point: the volume, its data and its snapshots agree afterwards. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crashSample, runsAtLeast } from '../../../test/support/crash-sample.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { sampleImage } from '../../../test/support/sample-server.ts';
import { SimulatedVolumes, VOLUME_HOST } from '../../../test/support/simulated-volumes.ts';
import { insertSnapshot, updateSnapshot } from '../../db/stores/volume/snapshots.ts';
import { insertVolume } from '../../db/stores/volume/volumes.ts';
import { proveUnwinding } from '../../lib/workflow/prove-unwinding.ts';
import type { WorkflowDefinition } from '../../lib/workflow/workflow.ts';
import { asId, type ImageId } from '../../objects/ids.ts';
import type { SnapshotStatus, VolumeStatus } from '../../objects/volume.ts';
import { createVolume } from './create-volume.ts';
import { deleteVolume } from './delete-volume.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { extendVolume } from './extend-volume.ts';
import { rewriteVolume } from './rewrite-volume.ts';
import { createSnapshot, deleteSnapshot } from './snapshots.ts';
import { uploadVolume } from './upload-volume.ts';

let database: TestDatabase;
let volumes: SimulatedVolumes;

beforeAll(async () => {
  database = await createTestDatabase();
  volumes = new SimulatedVolumes(database);
  await volumes.start();
});
afterAll(async () => {
  await volumes.stop();
  await database.drop();
});

const VOLUME = '5e0e0000-0000-4000-8000-00000000000a';
const SNAPSHOT = '5e0e0000-0000-4000-8000-00000000000b';
const IMAGE = asId<ImageId>('5e0e0000-0000-4000-8000-00000000000c');
const owner = { project_id: 'p', user_id: 'u' };

interface Begun {
  readonly workflow: string;
  readonly status: VolumeStatus;
  /** Whether there is data already. */
  readonly made: boolean;
  readonly snapshot?: SnapshotStatus;
  /** Whether the workflow holds the snapshot and not the volume. */
  readonly onSnapshot?: boolean;
}

/** A volume in the middle of its work, with a snapshot if wanted, and nothing else. */
async function begin({ workflow, status, made, snapshot, onSnapshot = false }: Begun): Promise<void> {
  const { db, driver, images } = volumes;
  images.clear();
  await volumes.startHost();
  for (const table of ['workflows', 'volume_messages', 'volume_snapshots', 'volumes'] as const) await db.deleteFrom(table).execute();
  await driver.deleteSnapshot(SNAPSHOT);
  await driver.delete(VOLUME);
  if (made) await driver.create({ volumeId: VOLUME, sizeGb: 1, source: { kind: 'empty' } }, { signal: new AbortController().signal });
  if (snapshot && !(onSnapshot && snapshot === 'creating')) await driver.createSnapshot(SNAPSHOT, VOLUME);
  const holder = `proof-${workflow}`;
  await db.transaction().execute(async (trx) => {
    const host = made ? `${VOLUME_HOST}#fake` : null;
    const held = onSnapshot ? null : holder;
    await insertVolume(trx, {
      ...owner,
      id: VOLUME,
      size_gb: 1,
      status,
      previous_status: 'available',
      zone: 'nova',
      host,
      workflow_id: held,
    });
    if (!snapshot) return;
    await insertSnapshot(trx, { ...owner, id: SNAPSHOT, volume_id: VOLUME, size_gb: 1, status: snapshot, metadata: '{}' });
    if (onSnapshot) await updateSnapshot(trx, SNAPSHOT, { workflow_id: holder });
  });
}

/** What agrees, or everything where it does not. */
async function agreement(ends: { readonly done: string; readonly failed: string }): Promise<unknown> {
  const { db, driver } = volumes;
  const workflow = await db.selectFrom('workflows').select('status').executeTakeFirst();
  const volume = await db.selectFrom('volumes').selectAll().executeTakeFirst();
  const snapshot = await db.selectFrom('volume_snapshots').selectAll().executeTakeFirst();
  const held = await driver.list();
  const seen = {
    volume: volume?.status ?? 'gone',
    snapshot: snapshot?.status ?? 'gone',
    // Of what is in error nobody knows whether it has data.
    data: volume?.status.startsWith('error') ? 'any' : held.volumes.length,
    kept: snapshot?.status.startsWith('error') ? 'any' : held.snapshots.length,
    isHeld: (volume?.workflow_id ?? snapshot?.workflow_id ?? null) !== null,
  };
  const text = `${seen.volume} ${seen.snapshot} ${seen.data} ${seen.kept}`;
  const isOver = workflow?.status === 'done' || workflow?.status === 'undone';
  const isKept = !workflow || (!isOver && seen.isHeld) || (!seen.isHeld && (text === ends.done || text === ends.failed));
  return isKept ? 'kept' : { ...seen, text, status: workflow?.status };
}

const image = {
  id: IMAGE,
  name: 'copy',
  owner: 'p',
  visibility: 'private' as const,
  diskFormat: 'raw' as const,
  minDiskGb: 1,
  minRamMb: 0,
  properties: {},
};

interface Case {
  readonly what: string;
  readonly define: (deps: VolumeWorkflowDeps) => WorkflowDefinition;
  readonly input: object;
  readonly begun: Omit<Begun, 'workflow'>;
  /** Volume, snapshot, and how many of each have data. */
  readonly ends: { readonly done: string; readonly failed: string };
}

const cases: readonly Case[] = [
  {
    what: 'create-volume',
    define: createVolume,
    input: { volumeId: VOLUME, origin: { kind: 'image', image: sampleImage } },
    begun: { status: 'creating', made: false },
    ends: { done: 'available gone 1 0', failed: 'error gone any 0' },
  },
  {
    what: 'delete-volume',
    define: deleteVolume,
    input: { volumeId: VOLUME },
    begun: { status: 'deleting', made: true, snapshot: 'deleting' },
    ends: { done: 'gone gone 0 0', failed: 'error_deleting error_deleting any any' },
  },
  {
    what: 'extend-volume',
    define: extendVolume,
    input: { volumeId: VOLUME, sizeGb: 2 },
    begun: { status: 'extending', made: true },
    ends: { done: 'available gone 1 0', failed: 'error_extending gone any 0' },
  },
  {
    what: 'rewrite-volume',
    define: rewriteVolume,
    input: { volumeId: VOLUME, act: 'revert', origin: { kind: 'snapshot', snapshotId: SNAPSHOT } },
    begun: { status: 'reverting', made: true, snapshot: 'available' },
    ends: { done: 'available available 1 1', failed: 'error available any 1' },
  },
  {
    what: 'upload-volume',
    define: uploadVolume,
    input: { volumeId: VOLUME, image },
    begun: { status: 'uploading', made: true },
    ends: { done: 'available gone 1 0', failed: 'available gone 1 0' },
  },
  {
    what: 'create-volume-snapshot',
    define: createSnapshot,
    input: { snapshotId: SNAPSHOT, volumeId: VOLUME },
    begun: { status: 'available', made: true, snapshot: 'creating', onSnapshot: true },
    ends: { done: 'available available 1 1', failed: 'available error 1 any' },
  },
  {
    what: 'delete-volume-snapshot',
    define: deleteSnapshot,
    input: { snapshotId: SNAPSHOT, volumeId: VOLUME },
    begun: { status: 'available', made: true, snapshot: 'deleting', onSnapshot: true },
    ends: { done: 'available gone 1 0', failed: 'available error_deleting 1 any' },
  },
];

test.each(cases)('$what leaves all or nothing, wherever it fails, repeats or crashes', { timeout: 300_000 }, async (one) => {
  const runs = await proveUnwinding({
    db: database.db,
    pool: database.pool,
    sample: crashSample,
    input: one.input,
    crashesInRepeats: false,
    world: async () => {
      const definition = one.define(volumes.deps);
      await begin({ ...one.begun, workflow: definition.name });
      return { definition, snapshot: () => agreement(one.ends) };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(20));
});
