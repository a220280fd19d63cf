// Events of backups of volumes.
import { Type as t } from '@sinclair/typebox';
import type { BackupStatus } from '../objects/volume-backup.ts';
import { operation, orNull, snapshot, time, word, eventType } from './event-type.ts';
import { volume } from './volume.ts';

const backup = snapshot(
  t.Object({
    id: t.String(),
    volumeId: t.String(),
    snapshotId: orNull(t.String()),
    parentId: orNull(t.String()),
    projectId: t.String(),
    userId: t.String(),
    name: orNull(t.String()),
    sizeGb: t.Integer(),
    status: word<BackupStatus>(),
    failReason: orNull(t.String()),
    createdAt: time(),
    updatedAt: orNull(time()),
  }),
  { subjectOf: ({ id }) => id, projectOf: ({ projectId }) => projectId },
);

export const backupCreate = operation('volumeBackup.create', backup);
export const backupDelete = operation('volumeBackup.delete', backup);
export const backupRestore = operation('volumeBackup.restore', backup);
/** A record of a backup that is in the store. */
export const backupImport = operation('volumeBackup.import', backup);
/** Name, description or metadata. */
export const backupUpdate = eventType('volumeBackup.update', backup);
export const backupResetStatus = eventType('volumeBackup.resetStatus', backup);

/** A volume is copied into a backup. */
export const volumeBackUp = operation('volume.backUp', volume);
/** It gets the data of a backup. */
export const volumeRestore = operation('volume.restore', volume);
