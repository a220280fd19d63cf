import { change } from '../../db/change.ts';
import { countListing, readListing } from '../../db/stores/volume/listing.ts';
import type { AskedListing } from '../../objects/volume-listing.ts';
import { insertSnapshot, lockSnapshot, toSnapshot, updateSnapshot } from '../../db/stores/volume/snapshots.ts';
import { lockVolume } from '../../db/stores/volume/volumes.ts';
import { snapshotCreate, snapshotDelete, snapshotResetStatus, snapshotUpdate } from '../../events/volume.ts';
import type { Context } from '../../lib/context/context.ts';
import type { SnapshotStatus, VolumeSnapshot } from '../../objects/volume.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import type { VolumeDeps } from '../deps.ts';
import { allowedListing } from './listing.ts';
import { InvalidSnapshot, InvalidVolume, SnapshotNotFound, VolumeMarkerNotFound, VolumeNotFound } from '../errors.ts';
import { mayBeginOnSnapshot } from '../lifecycle.ts';
import { checkVolumeQuota } from '../quota.ts';
import { createSnapshotRef, deleteSnapshotRef } from '../workflows/refs.ts';
import { allowedSnapshot, allowedVolume } from './access.ts';
import type { CountedPage } from './volumes.ts';

/** A snapshot to take. */
export interface NewSnapshot {
  readonly volumeId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether the volume may be in use. */
  readonly force: boolean;
}

type Changes = {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
};

/** Snapshots of volumes. */
export class SnapshotsApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async create(ctx: Context, wanted: NewSnapshot): Promise<VolumeSnapshot> {
    const { db, ids, conductor, quotaLimits } = this.#deps;
    const { volumeId, force, metadata, ...texts } = wanted;
    const snapshotId = ids.uuid();
    const workflowId = ids.uuid();
    const prepare = async () => void (await allowedVolume(this.#deps, ctx, volumeId, 'volume:create_snapshot'));
    const id = await change(ctx, { db, what: 'snapshot.create', prepare }, async ({ trx, tell }) => {
      const volume = await lockVolume(trx, volumeId);
      if (!volume) throw VolumeNotFound({ id: volumeId });
      if (volume.status !== 'available' && !(force && volume.status === 'in-use'))
        throw InvalidVolume({
          because: `Volume ${volumeId} status must be available${force ? ' or in-use' : ''}, but current status is: ${volume.status}.`,
        });
      const { projectId, sizeGb, typeName } = volume;
      await checkVolumeQuota(trx, { projectId, typeName, snapshots: 1, gigabytes: sizeGb }, quotaLimits);
      const made = await insertSnapshot(trx, {
        ...texts,
        id: snapshotId,
        volume_id: volumeId,
        project_id: projectId,
        user_id: ctx.userId ?? '',
        size_gb: sizeGb,
        status: 'creating',
        metadata: JSON.stringify(metadata),
        workflow_id: workflowId,
      });
      await conductor.write(trx, createSnapshotRef, { id: workflowId, subject: snapshotId, ctx, input: { snapshotId, volumeId } });
      tell(snapshotCreate.start(made));
      return snapshotId;
    });
    conductor.announce(ctx, workflowId);
    return await this.show(ctx, id);
  }

  async show(ctx: Context, id: string): Promise<VolumeSnapshot> {
    return await allowedSnapshot(this.#deps, ctx, id, 'volume:get_snapshot');
  }

  async list(ctx: Context, asked: AskedListing, { withCount = false } = {}): Promise<CountedPage<VolumeSnapshot>> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume:get_all_snapshots');
    const listing = allowedListing(ctx, asked);
    const rows = await readListing(db, db.selectFrom('volume_snapshots').selectAll(), 'volume_snapshots', listing);
    if (!rows) throw VolumeMarkerNotFound({ id: listing.marker ?? '' });
    return { items: rows.map(toSnapshot), ...(withCount ? { count: await countListing(db, 'volume_snapshots', listing) } : {}) };
  }

  async update(ctx: Context, id: string, changes: Changes, rule: PolicyRule = 'volume:update_snapshot'): Promise<VolumeSnapshot> {
    const { db } = this.#deps;
    await allowedSnapshot(this.#deps, ctx, id, rule);
    const { metadata, ...texts } = changes;
    await change(ctx, { db, what: `snapshot.update ${id}` }, async ({ trx, tell }) => {
      if (!(await lockSnapshot(trx, id))) throw SnapshotNotFound({ id });
      const after = await updateSnapshot(trx, id, { ...texts, ...(metadata ? { metadata: JSON.stringify(metadata) } : {}) });
      if (after) tell(snapshotUpdate(after));
    });
    return await this.show(ctx, id);
  }

  async delete(ctx: Context, id: string, { force = false } = {}): Promise<void> {
    const { db, ids, conductor } = this.#deps;
    await allowedSnapshot(this.#deps, ctx, id, force ? 'volume_extension:snapshot_admin_actions:force_delete' : 'volume:delete_snapshot');
    const workflowId = ids.uuid();
    await change(ctx, { db, what: `snapshot.delete ${id}` }, async ({ trx, tell }) => {
      const snapshot = await lockSnapshot(trx, id);
      if (!snapshot) throw SnapshotNotFound({ id });
      mayBeginOnSnapshot(force ? 'forceDelete' : 'delete', snapshot);
      if (snapshot.groupSnapshotId !== null) throw InvalidSnapshot({ because: 'Snapshot belongs to a group snapshot.' });
      const { volumeId } = snapshot;
      const after = await updateSnapshot(trx, id, { status: 'deleting', workflow_id: workflowId });
      const input = { snapshotId: id, volumeId };
      await conductor.write(trx, deleteSnapshotRef, { id: workflowId, subject: id, ctx, input, supersedes: true });
      if (after) tell(snapshotDelete.start(after));
    });
    conductor.announce(ctx, workflowId);
  }

  /** Sets the state, as an administrator or as whoever takes the snapshot says. */
  async setStatus(ctx: Context, id: string, status: SnapshotStatus, progress?: string): Promise<void> {
    const { db } = this.#deps;
    await allowedSnapshot(this.#deps, ctx, id, 'volume_extension:snapshot_admin_actions:reset_status');
    await change(ctx, { db, what: `snapshot.resetStatus ${id}` }, async ({ trx, tell }) => {
      if (!(await lockSnapshot(trx, id))) throw SnapshotNotFound({ id });
      const after = await updateSnapshot(trx, id, { status, workflow_id: null, ...(progress === undefined ? {} : { progress }) });
      if (after) tell(snapshotResetStatus(after));
    });
  }

  /** Records how far a snapshot is that a hypervisor takes. */
  async report(ctx: Context, id: string, status: SnapshotStatus, progress?: string): Promise<void> {
    const { db } = this.#deps;
    await allowedSnapshot(this.#deps, ctx, id, 'snapshot_extension:snapshot_actions:update_snapshot_status');
    await change(ctx, { db, what: `snapshot.report ${id}` }, async ({ trx, tell }) => {
      const snapshot = await lockSnapshot(trx, id);
      if (!snapshot) throw SnapshotNotFound({ id });
      const next = reportable[snapshot.status];
      if (!next?.includes(status)) throw InvalidSnapshot({ because: `Snapshot status ${snapshot.status} cannot be updated to ${status}.` });
      const after = await updateSnapshot(trx, id, { status, ...(progress === undefined ? {} : { progress }) });
      if (after) tell(snapshotUpdate(after));
    });
  }
}

/** The states that a hypervisor may report, by the state before. */
const reportable: Partial<Record<SnapshotStatus, readonly SnapshotStatus[]>> = {
  creating: ['creating', 'available', 'error'],
  deleting: ['deleting', 'error_deleting'],
};
