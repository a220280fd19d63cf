import { change } from '../../db/change.ts';
import { insertBackup, lockLatestBackup } from '../../db/stores/volume/backups.ts';
import { lockSnapshot, updateSnapshot } from '../../db/stores/volume/snapshots.ts';
import { lockVolume, updateVolume } from '../../db/stores/volume/volumes.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import type { Event } from '../../events/event-type.ts';
import { backupCreate, volumeBackUp } from '../../events/volume-backups.ts';
import { snapshotUpdate } from '../../events/volume.ts';
import type { Context } from '../../lib/context/context.ts';
import type { VolumeBackup } from '../../objects/volume-backup.ts';
import type { Volume, VolumeSnapshot } from '../../objects/volume.ts';
import { InvalidBackup } from '../backup-errors.ts';
import { storeOf } from '../backup-places.ts';
import type { VolumeDeps } from '../deps.ts';
import { InvalidVolume, SnapshotNotFound, VolumeNotFound, ZoneInvalid } from '../errors.ts';
import { mayBegin, mayBeginOnSnapshot, snapshotTransition, volumeTransition } from '../lifecycle.ts';
import { checkBackupQuota } from '../quota.ts';
import { createBackupRef } from '../workflows/refs.ts';
import { allowedSnapshot, allowedVolume } from './access.ts';
import { allowedBackup } from './backups.ts';

/** A backup to make. */
export interface NewBackup {
  readonly volumeId: string;
  readonly snapshotId: string | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly container: string | null;
  readonly zone: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether only what differs from the latest backup is kept. */
  readonly isIncremental: boolean;
  /** Whether the volume may be in use. */
  readonly force: boolean;
}

/** Makes backups of volumes and of their snapshots. */
export class BackingUpApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async create(ctx: Context, wanted: NewBackup): Promise<VolumeBackup> {
    const { db, ids, conductor, policy, zone, quotaLimits } = this.#deps;
    const { volumeId, snapshotId } = wanted;
    const [backupId, workflowId] = [ids.uuid(), ids.uuid()];
    const prepare = async () => {
      policy.check(ctx, 'backup:create');
      const volume = await allowedVolume(this.#deps, ctx, volumeId, 'volume:get');
      const snapshot = snapshotId === null ? null : await allowedSnapshot(this.#deps, ctx, snapshotId, 'volume:get_snapshot');
      if (snapshot && snapshot.volumeId !== volumeId) throw SnapshotNotFound({ id: snapshot.id });
      if (wanted.zone !== null && wanted.zone !== zone) throw ZoneInvalid({ zone: wanted.zone });
      return { storeId: await storeOf(this.#deps, volume) };
    };
    const made = await change(ctx, { db, what: 'backup.create', prepare }, async ({ trx, tell }, { storeId }) => {
      const volume = await lockVolume(trx, volumeId);
      if (!volume) throw VolumeNotFound({ id: volumeId });
      const snapshot = await begin(trx, { volume, wanted, workflowId }, tell);
      const { projectId, sizeGb } = volume;
      await checkBackupQuota(trx, projectId, sizeGb, quotaLimits);
      const before = snapshot?.createdAt ?? this.#deps.clock.now();
      const parent = wanted.isIncremental ? await lockLatestBackup(trx, { projectId, volumeId, storeId, before }) : undefined;
      if (wanted.isIncremental && !parent) throw InvalidBackup({ because: 'No backups available to do an incremental backup.' });
      const backup = await insertBackup(trx, {
        ...rowOf(wanted, volume),
        id: backupId,
        user_id: ctx.userId ?? '',
        parent_id: parent?.id ?? null,
        store_id: storeId,
        data_id: backupId,
        data_timestamp: before,
        workflow_id: workflowId,
      });
      const source = { kind: snapshot ? ('snapshot' as const) : ('volume' as const), id: snapshot?.id ?? volumeId };
      const input = { backupId, volumeId, source: { ...source, ...(parent ? { parentDataId: parent.dataId } : {}) } };
      await conductor.write(trx, createBackupRef, { id: workflowId, subject: backupId, ctx, input });
      if (backup) tell(backupCreate.start(backup));
      return backupId;
    });
    conductor.announce(ctx, workflowId);
    return await allowedBackup(this.#deps, ctx, made, 'backup:get');
  }
}

interface Begun {
  readonly volume: Volume;
  readonly wanted: NewBackup;
  readonly workflowId: string;
}

/** Puts what is backed up into the state of that. @returns the snapshot, if it is one */
async function begin(trx: InCloud, begun: Begun, tell: (event: Event) => void): Promise<VolumeSnapshot | undefined> {
  const { volume, wanted, workflowId } = begun;
  if (wanted.snapshotId !== null) {
    const snapshot = await lockSnapshot(trx, wanted.snapshotId);
    if (!snapshot) throw SnapshotNotFound({ id: wanted.snapshotId });
    mayBeginOnSnapshot('backUp', snapshot);
    const after = await updateSnapshot(trx, snapshot.id, { status: snapshotTransition('backUp').doing, workflow_id: workflowId });
    if (after) tell(snapshotUpdate(after));
    return snapshot;
  }
  const act = wanted.force ? 'backUpByForce' : 'backUp';
  if (!wanted.force && volume.status === 'in-use') throw InvalidVolume({ because: 'Backing up an in-use volume must use the force flag.' });
  mayBegin(act, volume);
  const held = { status: volumeTransition(act).doing, previous_status: volume.status, workflow_id: workflowId };
  const after = await updateVolume(trx, volume.id, held);
  if (after) tell(volumeBackUp.start(after));
  return undefined;
}

const rowOf = ({ name, description, container, metadata, snapshotId }: NewBackup, volume: Volume) => ({
  project_id: volume.projectId,
  volume_id: volume.id,
  snapshot_id: snapshotId,
  name,
  description,
  container,
  zone: volume.zone,
  size_gb: volume.sizeGb,
  status: 'creating' as const,
  metadata: JSON.stringify(metadata),
  volume_facts: JSON.stringify({
    isBootable: volume.isBootable,
    metadata: volume.metadata,
    ...(volume.imageMetadata ? { imageMetadata: volume.imageMetadata } : {}),
  }),
});
