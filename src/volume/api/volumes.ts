import { change } from '../../db/change.ts';
import { countListing } from '../../db/stores/volume/listing.ts';
import type { AskedListing } from '../../objects/volume-listing.ts';
import { snapshotsOf, updateSnapshot } from '../../db/stores/volume/snapshots.ts';
import { findVolume, insertVolume, lockVolume, selectVolumes, toVolume, updateVolume } from '../../db/stores/volume/volumes.ts';
import { snapshotDelete, volumeCreate, volumeDelete, volumeUpdate } from '../../events/volume.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Volume } from '../../objects/volume.ts';
import type { VolumeDeps } from '../deps.ts';
import { allowedListing, type CountedPage, listedRows } from './listing.ts';
import { InvalidVolume, VolumeInputInvalid, VolumeNotFound, ZoneInvalid } from '../errors.ts';
import { mayBegin, snapshotTransition } from '../lifecycle.ts';
import { checkVolumeQuota } from '../quota.ts';
import { createVolumeRef, deleteVolumeRef } from '../workflows/refs.ts';
import { findType } from '../../db/stores/volume/volume-types.ts';
import { allowedVolume } from './access.ts';
import { beginRestore } from './begin-restore.ts';
import { findSource, type FoundSource, type NamedSource } from './sources.ts';
import { allowsMultiattach, checkTypeSize, refuseEncrypted, typeForVolume } from './types-for-volumes.ts';

/** A volume to make. */
export interface NewVolume extends NamedSource {
  /** Chosen by whoever must be able to ask again; a volume of this id is left as it is. */
  readonly id?: string;
  /** If absent: the size of what it is made of. */
  readonly sizeGb?: number | undefined;
  readonly name: string | null;
  readonly description: string | null;
  /** The id or the name of a type. */
  readonly type?: string | null | undefined;
  readonly zone?: string | null | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Volumes: made, listed, changed and deleted. */
export class VolumesApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async create(ctx: Context, wanted: NewVolume): Promise<Volume> {
    const { db, ids, policy, conductor, zone, quotaLimits } = this.#deps;
    policy.check(ctx, 'volume:create');
    const projectId = ctx.projectId ?? '';
    const volumeId = wanted.id ?? ids.uuid();
    if (wanted.id !== undefined && (await findVolume(db, volumeId))) return await this.show(ctx, volumeId);
    const workflowId = ids.uuid();
    const prepare = async () => {
      if (wanted.zone !== undefined && wanted.zone !== null && wanted.zone !== zone) throw ZoneInvalid({ zone: wanted.zone });
      const source = await findSource(this.#deps, ctx, wanted);
      const type =
        wanted.type || source.typeId === null
          ? await typeForVolume(this.#deps, ctx, wanted.type)
          : ((await findType(db, source.typeId)) ?? (await typeForVolume(this.#deps, ctx, undefined)));
      const sizeGb = sizeOf(wanted, source.smallestGb);
      checkTypeSize(type, sizeGb);
      if (allowsMultiattach(type)) policy.check(ctx, 'volume:multiattach');
      return { source, type, sizeGb };
    };
    const id = await change(
      ctx,
      { db, what: `volume.create ${wanted.id ?? ''}`.trim(), prepare },
      async ({ trx, tell }, { source, type, sizeGb }) => {
        await checkVolumeQuota(trx, { projectId, typeName: type.name, volumes: 1, gigabytes: sizeGb, sizeGb }, quotaLimits);
        const made = await insertVolume(trx, {
          id: volumeId,
          project_id: projectId,
          user_id: ctx.userId ?? '',
          name: wanted.name,
          description: wanted.description,
          size_gb: sizeGb,
          status: 'creating',
          type_id: type.id,
          zone,
          snapshot_id: wanted.snapshotId ?? null,
          source_volume_id: wanted.sourceVolumeId ?? null,
          is_bootable: source.isBootable,
          is_multiattach: allowsMultiattach(type),
          metadata: JSON.stringify({ ...source.metadata, ...wanted.metadata }),
          image_metadata: source.imageMetadata && JSON.stringify(source.imageMetadata),
          workflow_id: workflowId,
        });
        // Once the row is there, the type's encryption does not change any more.
        await refuseEncrypted(trx, type);
        const { backupId } = wanted;
        if (backupId === undefined) {
          const input = { volumeId, origin: source.origin };
          await conductor.write(trx, createVolumeRef, { id: workflowId, subject: volumeId, ctx, input });
        } else await beginRestore(this.#deps, ctx, { trx, tell }, { workflowId, input: { backupId, volumeId, act: 'create' } });
        if (made) tell(volumeCreate.start(made));
        return volumeId;
      },
    );
    conductor.announce(ctx, workflowId);
    return await this.show(ctx, id);
  }

  /** What a new volume would be made of; throws where the caller cannot use that. */
  async source(ctx: Context, named: NamedSource): Promise<FoundSource> {
    return await findSource(this.#deps, ctx, named);
  }

  async show(ctx: Context, id: string): Promise<Volume> {
    return await allowedVolume(this.#deps, ctx, id, 'volume:get');
  }

  async list(ctx: Context, asked: AskedListing, { withCount = false } = {}): Promise<CountedPage<Volume>> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume:get_all');
    const listing = allowedListing(ctx, asked);
    const rows = await listedRows(db, selectVolumes(db), 'volumes', listing);
    return { items: rows.map(toVolume), ...(withCount ? { count: await countListing(db, 'volumes', listing) } : {}) };
  }

  /** Changes the name or the description, or replaces the metadata. */
  async update(
    ctx: Context,
    id: string,
    changes: { readonly name?: string | null; readonly description?: string | null; readonly metadata?: Readonly<Record<string, string>> },
  ): Promise<Volume> {
    const { db } = this.#deps;
    await allowedVolume(this.#deps, ctx, id, 'volume:update');
    const { metadata, ...texts } = changes;
    await change(ctx, { db, what: `volume.update ${id}` }, async ({ trx, tell }) => {
      if (!(await lockVolume(trx, id))) throw VolumeNotFound({ id });
      const after = await updateVolume(trx, id, { ...texts, ...(metadata ? { metadata: JSON.stringify(metadata) } : {}) });
      if (after) tell(volumeUpdate(after));
    });
    return await this.show(ctx, id);
  }

  /** Deletes it; with `cascade` together with its snapshots, with `force` in whatever state it is. */
  async delete(ctx: Context, id: string, { cascade = false, force = false } = {}): Promise<void> {
    const { db, ids, conductor } = this.#deps;
    await allowedVolume(this.#deps, ctx, id, force ? 'volume:force_delete' : 'volume:delete');
    const workflowId = ids.uuid();
    await change(ctx, { db, what: `volume.delete ${id}` }, async ({ trx, tell }) => {
      const volume = await lockVolume(trx, id);
      if (!volume) throw VolumeNotFound({ id });
      mayBegin(force ? 'forceDelete' : 'delete', volume);
      const snapshots = await snapshotsOf(trx, id);
      // Those of another project stayed behind when the volume was transferred: they are not its new owner's to delete.
      const others = ctx.isAdmin ? [] : snapshots.filter((snapshot) => snapshot.projectId !== volume.projectId);
      refuseUsed(volume, (cascade ? others : snapshots).length);
      const deletable = snapshotTransition('delete').from;
      if (snapshots.some(({ status }) => !deletable?.includes(status)))
        throw InvalidVolume({ because: 'Volume has snapshots that are being worked on.' });
      for (const snapshot of snapshots) {
        const going = await updateSnapshot(trx, snapshot.id, { status: 'deleting' });
        if (going) tell(snapshotDelete.start(going));
      }
      const after = await updateVolume(trx, id, { status: 'deleting', previous_status: volume.status, workflow_id: workflowId });
      await conductor.write(trx, deleteVolumeRef, { id: workflowId, subject: id, ctx, input: { volumeId: id }, supersedes: true });
      if (after) tell(volumeDelete.start(after));
    });
    conductor.announce(ctx, workflowId);
  }
}

function refuseUsed({ id, attachments, groupId, migrationStatus }: Volume, snapshots: number): void {
  const because = 'Volume status must be available or error or error_restoring or error_extending or error_managing and must not be';
  if (attachments.length > 0) throw InvalidVolume({ because: `Volume ${id} is still attached, detach volume first.` });
  if (groupId !== null) throw InvalidVolume({ because: `${because} belong to a group.` });
  if (migrationStatus !== null && !['success', 'error', 'deleting'].includes(migrationStatus))
    throw InvalidVolume({ because: `${because} migrating.` });
  if (snapshots > 0)
    throw InvalidVolume({
      because: `${because} migrating, attached, belong to a group, have snapshots or be disassociated from snapshots after volume transfer.`,
    });
}

function sizeOf({ sizeGb, ...wanted }: NewVolume, smallestGb: number): number {
  const hasSource = [wanted.snapshotId, wanted.sourceVolumeId, wanted.backupId].some((source) => source !== undefined);
  if (sizeGb === undefined && !hasSource) throw VolumeInputInvalid({ because: 'Volume size must be specified as an option.' });
  if (sizeGb === undefined) return smallestGb;
  if (sizeGb >= smallestGb) return sizeGb;
  if (wanted.imageId !== undefined)
    throw VolumeInputInvalid({ because: `Size of specified image ${smallestGb}GB is larger than volume size ${sizeGb}GB.` });
  const what =
    wanted.snapshotId !== undefined ? 'the original snapshot' : wanted.backupId !== undefined ? 'the backup' : 'the source volume';
  throw VolumeInputInvalid({
    because: `Volume size '${sizeGb}'GB cannot be smaller than the size of ${what} ${smallestGb}GB. They must be >= original size.`,
  });
}
