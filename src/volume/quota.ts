/** Quotas of the volume service: counted from rows under a lock of the project, so that they hold whatever races. */
import { holdVolumeQuota, ownerOfClass, readVolumeLimits, volumeUsage } from '../db/stores/volume/quotas.ts';
import type { CloudDb, InCloud } from '../db/sql/queries.ts';
import {
  BackupLimitExceeded,
  BackupSizeExceedsQuota,
  SnapshotLimitExceeded,
  VolumeLimitExceeded,
  VolumeSizeExceedsLimit,
  VolumeSizeExceedsQuota,
} from './quota-errors.ts';

/** The limited resources; each but the size of one volume also has a limit for each type, which is unlimited by default. */
export const volumeResources = [
  'volumes',
  'snapshots',
  'gigabytes',
  'per_volume_gigabytes',
  'backups',
  'backup_gigabytes',
  'groups',
] as const;
export type VolumeResource = (typeof volumeResources)[number];
export type VolumeLimits = Readonly<Record<VolumeResource, number>>;

/** The resources that are limited for each type, too. */
export const resourcesOfTypes = ['volumes', 'snapshots', 'gigabytes'] as const;

/** The limits that hold for a project, by resource, without those of types that nobody has set. */
export async function limitsOfProject(db: CloudDb, projectId: string, defaults: VolumeLimits): Promise<Readonly<Record<string, number>>> {
  return { ...(await limitsOfDefaults(db, defaults)), ...(await readVolumeLimits(db, projectId)) };
}

/** The limits of projects for which none were set. */
export async function limitsOfDefaults(db: CloudDb, defaults: VolumeLimits): Promise<Readonly<Record<string, number>>> {
  return { ...defaults, ...(await readVolumeLimits(db, ownerOfClass('default'))) };
}

/** What is to be added. */
export interface Wanted {
  readonly projectId: string;
  readonly typeName: string | null;
  readonly volumes?: number;
  readonly snapshots?: number;
  readonly gigabytes: number;
  /** The size of the volume as it will be. */
  readonly sizeGb?: number;
}

/** Throws if a project may not add this. Nobody else adds to it until the transaction ends. */
export async function checkVolumeQuota(trx: InCloud, wanted: Wanted, defaults: VolumeLimits): Promise<void> {
  const { projectId, typeName, volumes = 0, snapshots = 0, gigabytes, sizeGb = 0 } = wanted;
  await holdVolumeQuota(trx, projectId);
  const limits = await limitsOfProject(trx, projectId, defaults);
  const used = await volumeUsage(trx, projectId);
  const largest = limits['per_volume_gigabytes'] ?? -1;
  if (largest >= 0 && sizeGb > largest) throw VolumeSizeExceedsLimit({ size: sizeGb, limit: largest });
  const exceeded = (name: string, added: number): number | undefined => {
    const allowed = limits[name] ?? -1;
    return added > 0 && allowed >= 0 && (used[name] ?? 0) + added > allowed ? allowed : undefined;
  };
  for (const suffix of typeName === null ? [''] : ['', `_${typeName}`]) {
    const quota = exceeded(`gigabytes${suffix}`, gigabytes);
    const consumed = used[`gigabytes${suffix}`] ?? 0;
    if (quota !== undefined) throw VolumeSizeExceedsQuota({ requested: gigabytes, quota, consumed, name: `gigabytes${suffix}` });
    const ofVolumes = exceeded(`volumes${suffix}`, volumes);
    if (ofVolumes !== undefined) throw VolumeLimitExceeded({ allowed: ofVolumes, name: `volumes${suffix}` });
    const ofSnapshots = exceeded(`snapshots${suffix}`, snapshots);
    if (ofSnapshots !== undefined) throw SnapshotLimitExceeded({ allowed: ofSnapshots, name: `snapshots${suffix}` });
  }
}

/** Throws if a project may not keep one more backup of this size. Nobody else adds to its backups until the transaction ends. */
export async function checkBackupQuota(trx: InCloud, projectId: string, sizeGb: number, defaults: VolumeLimits): Promise<void> {
  await holdVolumeQuota(trx, projectId);
  const limits = await limitsOfProject(trx, projectId, defaults);
  const used = await volumeUsage(trx, projectId);
  const [allowed, quota] = [limits['backups'] ?? -1, limits['backup_gigabytes'] ?? -1];
  const consumed = used['backup_gigabytes'] ?? 0;
  if (quota >= 0 && consumed + sizeGb > quota) throw BackupSizeExceedsQuota({ requested: sizeGb, quota, consumed });
  if (allowed >= 0 && (used['backups'] ?? 0) + 1 > allowed) throw BackupLimitExceeded({ allowed });
}
