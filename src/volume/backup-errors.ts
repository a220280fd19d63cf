import { errorType } from '../lib/errors/error-type.ts';

// Errors of backups.

export const BackupNotFound = errorType('BackupNotFound', 'not-found', (p: { id: string }) => `Backup ${p.id} could not be found.`);
export const InvalidBackup = errorType('InvalidBackup', 'invalid', (p: { because: string }) => `Invalid backup: ${p.because}`);
/** No host that is up can reach the backup's store. */
export const BackupServiceMissing = errorType(
  'BackupServiceMissing',
  'unavailable',
  (_p: object) => 'Service cinder-backup could not be found.',
);
