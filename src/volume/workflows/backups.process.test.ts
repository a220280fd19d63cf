/** Each workflow of backups, failing, cancelled, repeated and crashed at every point: records, data and volumes agree afterwards. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crashSample, runsAtLeast } from '../../../test/support/crash-sample.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { SimulatedVolumes, VOLUME_HOST } from '../../../test/support/simulated-volumes.ts';
import { insertBackup } from '../../db/stores/volume/backups.ts';
import { insertSnapshot } from '../../db/stores/volume/snapshots.ts';
import { insertVolume } from '../../db/stores/volume/volumes.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { serviceContext } from '../../lib/context/context.ts';
import { silentLog } from '../../lib/log/log.ts';
import { WorkflowEngine } from '../../lib/workflow/engine.ts';
import { enqueue } from '../../lib/workflow/enqueue.ts';
import { proveUnwinding } from '../../lib/workflow/prove-unwinding.ts';
import type { WorkflowDefinition } from '../../lib/workflow/workflow.ts';
import type { BackupStatus } from '../../objects/volume-backup.ts';
import type { SnapshotStatus, VolumeStatus } from '../../objects/volume.ts';
import { createBackup, deleteBackup, importBackup } from './backups.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { createBackupRef } from './refs.ts';
import { restoreBackup } from './restore-backup.ts';

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
const BACKUP = '5e0e0000-0000-4000-8000-00000000000d';
const owner = { project_id: 'p', user_id: 'u' };
const copying = () => ({ signal: new AbortController().signal });

interface Begun {
  readonly backup: BackupStatus;
  /** Whether the store has its data. */
  readonly isKept: boolean;
  readonly volume: VolumeStatus;
  readonly isMade: boolean;
  /** A snapshot that the workflow holds instead of the volume. */
  readonly snapshot?: SnapshotStatus;
  readonly holdsVolume: boolean;
}

/** The middle of the work on a backup, and nothing else. */
async function begin(holder: string, { backup, isKept, volume, isMade, snapshot, holdsVolume }: Begun): Promise<void> {
  const { db, driver, backups } = volumes;
  await volumes.startHost();
  for (const table of ['workflows', 'volume_messages', 'volume_backups', 'volume_snapshots', 'volumes'] as const)
    await db.deleteFrom(table).execute();
  await driver.deleteSnapshot(SNAPSHOT);
  await driver.delete(VOLUME);
  await backups.remove(BACKUP);
  await driver.create({ volumeId: VOLUME, sizeGb: 1, source: { kind: 'empty' } }, copying());
  if (snapshot) await driver.createSnapshot(SNAPSHOT, VOLUME);
  if (isKept) await driver.lend({ kind: 'volume', id: VOLUME }, copying(), (data) => backups.write({ dataId: BACKUP }, data, copying()));
  if (!isMade) await driver.delete(VOLUME);
  const now = { id: VOLUME, size_gb: 1, zone: 'nova', status: volume, previous_status: 'available' as const };
  const mine = { ...owner, volume_id: VOLUME, size_gb: 1, workflow_id: holder };
  await db.transaction().execute(async (trx) => {
    await insertVolume(trx, { ...owner, ...now, host: isMade ? `${VOLUME_HOST}#fake` : null, workflow_id: holdsVolume ? holder : null });
    if (snapshot) await insertSnapshot(trx, { ...mine, id: SNAPSHOT, status: snapshot, metadata: '{}' });
    await insertBackup(trx, { ...mine, id: BACKUP, zone: 'nova', status: backup, store_id: backups.storeId, data_id: BACKUP });
  });
}

/** What agrees, or everything where it does not. */
async function agreement(ends: { readonly done: string; readonly failed: string }): Promise<unknown> {
  const { db, driver, backups } = volumes;
  const workflow = await db.selectFrom('workflows').select('status').executeTakeFirst();
  const volume = await db.selectFrom('volumes').selectAll().executeTakeFirst();
  const snapshot = await db.selectFrom('volume_snapshots').selectAll().executeTakeFirst();
  const backup = await db.selectFrom('volume_backups').selectAll().executeTakeFirst();
  const kept = await backups.find(BACKUP).then(
    () => 1,
    () => 0,
  );
  const isHeld = [volume, snapshot, backup].some((row) => (row?.workflow_id ?? null) !== null);
  const data = volume?.status.startsWith('error') ? 'any' : (await driver.list()).volumes.length;
  const inStore = backup?.status === 'error_deleting' ? 'any' : kept;
  const text = [backup?.status ?? 'gone', inStore, volume?.status, data, snapshot?.status ?? 'none'].join(' ');
  const isOver = workflow?.status === 'done' || workflow?.status === 'undone';
  const agrees = !workflow || (!isOver && isHeld) || (!isHeld && (text === ends.done || text === ends.failed));
  return agrees ? 'kept' : { text, isHeld, status: workflow?.status };
}

interface Case {
  readonly what: string;
  readonly define: (deps: VolumeWorkflowDeps) => WorkflowDefinition;
  readonly input: object;
  readonly begun: Begun;
  /** Backup, whether it has data, volume, whether it has data, snapshot. */
  readonly ends: { readonly done: string; readonly failed: string };
}

const inUse = { volume: 'backing-up', isMade: true, holdsVolume: true } as const;
const idle = { volume: 'available', isMade: true, holdsVolume: false } as const;

const cases: readonly Case[] = [
  {
    what: 'a backup of a volume',
    define: createBackup,
    input: { backupId: BACKUP, volumeId: VOLUME, source: { kind: 'volume', id: VOLUME } },
    begun: { backup: 'creating', isKept: false, ...inUse },
    ends: { done: 'available 1 available 1 none', failed: 'error 0 available 1 none' },
  },
  {
    what: 'a backup of a snapshot',
    define: createBackup,
    input: { backupId: BACKUP, volumeId: VOLUME, source: { kind: 'snapshot', id: SNAPSHOT } },
    begun: { backup: 'creating', isKept: false, ...idle, snapshot: 'backing-up' },
    ends: { done: 'available 1 available 1 available', failed: 'error 0 available 1 available' },
  },
  {
    what: 'an import',
    define: importBackup,
    input: { backupId: BACKUP },
    begun: { backup: 'creating', isKept: true, ...idle },
    ends: { done: 'available 1 available 1 none', failed: 'error 1 available 1 none' },
  },
  {
    what: 'a delete',
    define: deleteBackup,
    input: { backupId: BACKUP, keepsData: false },
    begun: { backup: 'deleting', isKept: true, ...idle },
    // Of what is in error nobody knows whether it has data.
    ends: { done: 'gone 0 available 1 none', failed: 'error_deleting any available 1 none' },
  },
  {
    what: 'a restore into a volume',
    define: restoreBackup,
    input: { backupId: BACKUP, volumeId: VOLUME, act: 'restore' },
    begun: { backup: 'restoring', isKept: true, volume: 'restoring-backup', isMade: true, holdsVolume: true },
    ends: { done: 'available 1 available 1 none', failed: 'available 1 error_restoring any none' },
  },
  {
    what: 'a volume of a backup',
    define: restoreBackup,
    input: { backupId: BACKUP, volumeId: VOLUME, act: 'create' },
    begun: { backup: 'restoring', isKept: true, volume: 'creating', isMade: false, holdsVolume: true },
    ends: { done: 'available 1 available 1 none', failed: 'available 1 error any none' },
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
      await begin(`proof-${definition.name}`, one.begun);
      return { definition, snapshot: () => agreement(one.ends) };
    },
  });
  expect(runs).toBeGreaterThan(runsAtLeast(20));
});

test('a backup that fails while no host reaches its store gives its volume back at once', { timeout: 60_000 }, async () => {
  const { db } = database;
  await begin('doomed', { backup: 'creating', isKept: false, ...inUse });
  volumes.driver.faults.add('lend');
  const engine = new WorkflowEngine({
    pool: database.pool,
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
    owner: 'conductor',
    definitions: [createBackup({ ...volumes.deps, group: { isUp: async () => false } })],
    concurrency: 1,
    isAlive: async () => true,
  });
  try {
    engine.start();
    const input = { backupId: BACKUP, volumeId: VOLUME, source: { kind: 'volume' as const, id: VOLUME } };
    await enqueue(db, createBackupRef, { id: 'doomed', subject: BACKUP, ctx: serviceContext('req-doomed'), input });
    const states = async () => ({
      backup: (await db.selectFrom('volume_backups').select('status').executeTakeFirst())?.status,
      volume: (await db.selectFrom('volumes').select('status').executeTakeFirst())?.status,
    });
    await expect.poll(states, { timeout: 20_000, interval: 50 }).toEqual({ backup: 'error', volume: 'available' });
  } finally {
    volumes.driver.faults.clear();
    await engine.stop({ graceMs: 0 });
  }
});
