import { errorType } from '../lib/errors/error-type.ts';

// Errors of the quotas of the volume service.

export const VolumeLimitExceeded = errorType(
  'VolumeLimitExceeded',
  'over-limit',
  (p: { allowed: number; name: string }) =>
    `VolumeLimitExceeded: Maximum number of volumes allowed (${p.allowed}) exceeded for quota '${p.name}'.`,
);
export const SnapshotLimitExceeded = errorType(
  'SnapshotLimitExceeded',
  'over-limit',
  (p: { allowed: number; name: string }) =>
    `SnapshotLimitExceeded: Maximum number of snapshots allowed (${p.allowed}) exceeded for quota '${p.name}'.`,
);
export const VolumeSizeExceedsQuota = errorType(
  'VolumeSizeExceedsAvailableQuota',
  'over-limit',
  (p: { requested: number; quota: number; consumed: number; name: string }) =>
    `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed ${p.name} quota. Requested ${p.requested}G, quota is ${p.quota}G and ${p.consumed}G has been consumed.`,
);
export const VolumeSizeExceedsLimit = errorType(
  'VolumeSizeExceedsLimit',
  'over-limit',
  (p: { size: number; limit: number }) =>
    `VolumeSizeExceedsLimit: Requested volume size ${p.size}G is larger than maximum allowed limit ${p.limit}G.`,
);
export const BackupLimitExceeded = errorType(
  'BackupLimitExceeded',
  'over-limit',
  (p: { allowed: number }) => `BackupLimitExceeded: Maximum number of backups allowed (${p.allowed}) exceeded`,
);
export const BackupSizeExceedsQuota = errorType(
  'VolumeBackupSizeExceedsAvailableQuota',
  'over-limit',
  (p: { requested: number; quota: number; consumed: number }) =>
    `VolumeBackupSizeExceedsAvailableQuota: Requested backup exceeds allowed Backup gigabytes quota. Requested ${p.requested}G, quota is ${p.quota}G and ${p.consumed}G has been consumed.`,
);
export const VolumeQuotaInvalid = errorType('VolumeQuotaInvalid', 'invalid', (p: { because: string }) => p.because);
