/** Whose volumes and snapshots a caller may see: those of other projects do not exist for it. */
import { findSnapshot, snapshotsOf } from '../../db/stores/volume/snapshots.ts';
import { findVolume } from '../../db/stores/volume/volumes.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import type { Context } from '../../lib/context/context.ts';
import { heldByCompute } from '../../objects/server-volume.ts';
import type { Volume, VolumeAttachment, VolumeSnapshot } from '../../objects/volume.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import type { VolumeDeps } from '../deps.ts';
import { SnapshotNotFound, UsedByServer, VolumeNotFound } from '../errors.ts';

type Deps = Pick<VolumeDeps, 'db' | 'policy'>;

/** The volume, if the caller may see it and do this with it. */
export async function allowedVolume({ db, policy }: Deps, ctx: Context, id: string, rule: PolicyRule): Promise<Volume> {
  const volume = await findVolume(db, id);
  if (!volume || !policy.may(ctx, 'volume:get', { project_id: volume.projectId })) throw VolumeNotFound({ id });
  policy.check(ctx, rule, { project_id: volume.projectId });
  return volume;
}

/** The snapshot, if the caller may see it and do this with it. */
export async function allowedSnapshot({ db, policy }: Deps, ctx: Context, id: string, rule: PolicyRule): Promise<VolumeSnapshot> {
  const snapshot = await findSnapshot(db, id);
  if (!snapshot || !policy.may(ctx, 'volume:get_snapshot', { project_id: snapshot.projectId })) throw SnapshotNotFound({ id });
  policy.check(ctx, rule, { project_id: snapshot.projectId });
  return snapshot;
}

/** The snapshots of a volume that belong to its project: others stayed behind when the volume was transferred. */
export async function ownSnapshotsOf(db: CloudDb, { id, projectId }: Pick<Volume, 'id' | 'projectId'>): Promise<readonly VolumeSnapshot[]> {
  return (await snapshotsOf(db, id)).filter((snapshot) => snapshot.projectId === projectId);
}

/** What a server uses must not be taken from it, or led to another host, behind its back: its guest would go on writing. */
export function refuseTaking({ roles }: Context, { id, serverId, heldBy }: VolumeAttachment): void {
  if (heldBy === heldByCompute && !roles.includes('service')) throw UsedByServer({ id, serverId: serverId ?? '' });
}
