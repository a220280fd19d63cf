import { change } from '../../db/change.ts';
import { transaction } from '../../db/sql/retry.ts';
import { countListing } from '../../db/stores/volume/listing.ts';
import type { AskedListing } from '../../objects/volume-listing.ts';
import {
  findSnapshot,
  insertSnapshot,
  lockSnapshot,
  type SnapshotChange,
  toSnapshot,
  updateSnapshot,
} from '../../db/stores/volume/snapshots.ts';
import { lockVolume } from '../../db/stores/volume/volumes.ts';
import type { Event } from '../../events/event-type.ts';
import { snapshotCreate, snapshotDelete, snapshotResetStatus, snapshotUpdate } from '../../events/volume.ts';
import type { Context } from '../../lib/context/context.ts';
import type { SnapshotStatus, VolumeSnapshot } from '../../objects/volume.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import type { VolumeDeps } from '../deps.ts';
import { allowedListing, type CountedPage, listedRows } from './listing.ts';
import { InvalidSnapshot, InvalidVolume, SnapshotNotFound, VolumeNotFound } from '../errors.ts';
import { mayBeginOnSnapshot } from '../lifecycle.ts';
import { checkVolumeQuota } from '../quota.ts';
import { createSnapshotRef, deleteSnapshotRef } from '../workflows/refs.ts';
import { allowedSnapshot, allowedVolume } from './access.ts';

/** A snapshot to take. */
export interface NewSnapshot {
  /** Chosen by whoever must be able to ask again; a snapshot of this id is left as it is. */
  readonly id?: string;
  readonly volumeId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether the volume may be in use. */
  readonly force: boolean;
}

type Texts = Readonly<Record<string, string>>;

interface Naming {
  readonly name?: string | null;
  readonly description?: string | null;
}

/** A change of the record, decided under its lock. */
interface Edit {
  readonly rule: PolicyRule;
  readonly decide: (snapshot: VolumeSnapshot) => SnapshotChange;
  readonly tell: (snapshot: VolumeSnapshot) => Event;
}

/** Snapshots of volumes. */
export class SnapshotsApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async create(ctx: Context, wanted: NewSnapshot): Promise<VolumeSnapshot> {
    const { db, ids, conductor, quotaLimits } = this.#deps;
    const { id: chosen, volumeId, force, metadata, ...texts } = wanted;
    const snapshotId = chosen ?? ids.uuid();
    if (chosen !== undefined && (await findSnapshot(db, chosen))) return await this.show(ctx, chosen);
    const workflowId = ids.uuid();
    const prepare = async () => void (await allowedVolume(this.#deps, ctx, volumeId, 'volume:create_snapshot'));
    const id = await change(ctx, { db, what: `snapshot.create ${chosen ?? ''}`.trim(), prepare }, async ({ trx, tell }) => {
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

  /** Throws unless the caller may take a snapshot of each of these volumes, and the quota has room for all. @returns their sizes */
  async checkRoom(ctx: Context, volumeIds: readonly string[]): Promise<readonly number[]> {
    const { db, quotaLimits } = this.#deps;
    const volumes = await Promise.all(volumeIds.map((id) => allowedVolume(this.#deps, ctx, id, 'volume:create_snapshot')));
    const [first] = volumes;
    const sizes = volumes.map(({ sizeGb }) => sizeGb);
    if (!first) return sizes;
    const gigabytes = sizes.reduce((sum, size) => sum + size, 0);
    const wanted = { projectId: first.projectId, typeName: null, snapshots: volumes.length, gigabytes };
    await transaction(db, (trx) => checkVolumeQuota(trx, wanted, quotaLimits));
    return sizes;
  }

  async show(ctx: Context, id: string): Promise<VolumeSnapshot> {
    return await allowedSnapshot(this.#deps, ctx, id, 'volume:get_snapshot');
  }

  async list(ctx: Context, asked: AskedListing, { withCount = false } = {}): Promise<CountedPage<VolumeSnapshot>> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume:get_all_snapshots');
    const listing = allowedListing(ctx, asked);
    const rows = await listedRows(db, db.selectFrom('volume_snapshots').selectAll(), 'volume_snapshots', listing);
    return { items: rows.map(toSnapshot), ...(withCount ? { count: await countListing(db, 'volume_snapshots', listing) } : {}) };
  }

  async update(ctx: Context, id: string, texts: Naming): Promise<VolumeSnapshot> {
    await this.#edit(ctx, id, { rule: 'volume:update_snapshot', decide: () => texts, tell: snapshotUpdate });
    return await this.show(ctx, id);
  }

  /** Replaces the metadata by what is decided under the snapshot's lock. @returns all of them */
  async changeMetadata(ctx: Context, id: string, decide: (before: Texts) => Texts): Promise<Texts> {
    await this.#edit(ctx, id, {
      rule: 'volume:update_snapshot_metadata',
      decide: ({ metadata }) => ({ metadata: JSON.stringify(decide(metadata)) }),
      tell: snapshotUpdate,
    });
    return (await this.show(ctx, id)).metadata;
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

  /** Sets the state, as an administrator says. Work under way goes on, but no longer changes the snapshot. */
  async setStatus(ctx: Context, id: string, status: SnapshotStatus): Promise<void> {
    await this.#edit(ctx, id, {
      rule: 'volume_extension:snapshot_admin_actions:reset_status',
      decide: () => ({ status, workflow_id: null }),
      tell: snapshotResetStatus,
    });
  }

  /** Records how far a snapshot is that a hypervisor takes. */
  async report(ctx: Context, id: string, status: SnapshotStatus, progress?: string): Promise<void> {
    await this.#edit(ctx, id, {
      rule: 'snapshot_extension:snapshot_actions:update_snapshot_status',
      decide: (snapshot) => {
        const next = reportable[snapshot.status];
        if (!next?.includes(status))
          throw InvalidSnapshot({ because: `Snapshot status ${snapshot.status} cannot be updated to ${status}.` });
        return { status, ...(progress === undefined ? {} : { progress }) };
      },
      tell: snapshotUpdate,
    });
  }

  /** Changes the record alone. */
  async #edit(ctx: Context, id: string, { rule, decide, tell: told }: Edit): Promise<void> {
    await allowedSnapshot(this.#deps, ctx, id, rule);
    await change(ctx, { db: this.#deps.db, what: `snapshot.edit ${id}` }, async ({ trx, tell }) => {
      const snapshot = await lockSnapshot(trx, id);
      if (!snapshot) throw SnapshotNotFound({ id });
      const after = await updateSnapshot(trx, id, decide(snapshot));
      if (after) tell(told(after));
    });
  }
}

/** The states that a hypervisor may report, by the state before. */
const reportable: Partial<Record<SnapshotStatus, readonly SnapshotStatus[]>> = {
  creating: ['creating', 'available', 'error'],
  deleting: ['deleting', 'error_deleting'],
};
