/** What can be done to volumes and snapshots, in which states, and which states follow: the one table of this. */
import { InvalidBackup } from './backup-errors.ts';
import { InvalidSnapshot, InvalidVolume } from './errors.ts';
import type { BackupStatus, VolumeBackup } from '../objects/volume-backup.ts';
import type { SnapshotStatus, Volume, VolumeSnapshot, VolumeStatus } from '../objects/volume.ts';

/** An act on a volume. */
interface Transition<Status> {
  /** The states in which it may begin; any if absent. */
  readonly from?: readonly Status[];
  /** The state while it goes on. */
  readonly doing: Status;
  /** The state after it; `before` is the one from which it began. Absent where the thing is gone then. */
  readonly to?: Status | 'before';
  readonly onFailure: Status | 'before';
}

const deletable = ['available', 'error', 'error_restoring', 'error_extending', 'error_deleting'] as const;

export const volumeLifecycle = {
  create: { doing: 'creating', to: 'available', onFailure: 'error' },
  delete: { from: deletable, doing: 'deleting', onFailure: 'error_deleting' },
  forceDelete: { doing: 'deleting', onFailure: 'error_deleting' },
  extend: { from: ['available'], doing: 'extending', to: 'before', onFailure: 'error_extending' },
  extendAttached: { from: ['available', 'in-use'], doing: 'extending', to: 'before', onFailure: 'error_extending' },
  upload: { from: ['available'], doing: 'uploading', to: 'before', onFailure: 'before' },
  uploadByForce: { from: ['available', 'in-use'], doing: 'uploading', to: 'before', onFailure: 'before' },
  backUp: { from: ['available'], doing: 'backing-up', to: 'before', onFailure: 'before' },
  backUpByForce: { from: ['available', 'in-use'], doing: 'backing-up', to: 'before', onFailure: 'before' },
  restore: { from: ['available'], doing: 'restoring-backup', to: 'available', onFailure: 'error_restoring' },
  revert: { from: ['available'], doing: 'reverting', to: 'available', onFailure: 'error' },
  reimage: { from: ['available', 'error'], doing: 'downloading', to: 'available', onFailure: 'error' },
  reimageReserved: { from: ['available', 'error', 'reserved'], doing: 'downloading', to: 'before', onFailure: 'error' },
} as const satisfies Record<string, Transition<VolumeStatus>>;
export type VolumeAct = keyof typeof volumeLifecycle;

export const snapshotLifecycle = {
  create: { doing: 'creating', to: 'available', onFailure: 'error' },
  delete: { from: ['available', 'error', 'error_deleting'], doing: 'deleting', onFailure: 'error_deleting' },
  forceDelete: { doing: 'deleting', onFailure: 'error_deleting' },
  backUp: { from: ['available'], doing: 'backing-up', to: 'available', onFailure: 'available' },
} as const satisfies Record<string, Transition<SnapshotStatus>>;
export type SnapshotAct = keyof typeof snapshotLifecycle;

export const backupLifecycle = {
  create: { doing: 'creating', to: 'available', onFailure: 'error' },
  import: { doing: 'creating', to: 'available', onFailure: 'error' },
  restore: { from: ['available'], doing: 'restoring', to: 'available', onFailure: 'available' },
  delete: { from: ['available', 'error', 'error_deleting'], doing: 'deleting', onFailure: 'error_deleting' },
  forceDelete: { doing: 'deleting', onFailure: 'error_deleting' },
} as const satisfies Record<string, Transition<BackupStatus>>;
export type BackupAct = keyof typeof backupLifecycle;

/** The row of an act. */
export const volumeTransition = (act: VolumeAct): Transition<VolumeStatus> => volumeLifecycle[act];
export const snapshotTransition = (act: SnapshotAct): Transition<SnapshotStatus> => snapshotLifecycle[act];

export const backupTransition = (act: BackupAct): Transition<BackupStatus> => backupLifecycle[act];

/** Throws InvalidVolume unless the act may begin. */
export function mayBegin(act: VolumeAct, { status }: Pick<Volume, 'status'>): void {
  const { from } = volumeTransition(act);
  if (from && !from.includes(status))
    throw InvalidVolume({ because: `Volume status must be ${from.join(' or ')}, but current status is: ${status}.` });
}

/** Throws InvalidSnapshot unless the act may begin. */
export function mayBeginOnSnapshot(act: SnapshotAct, { status }: Pick<VolumeSnapshot, 'status'>): void {
  const { from } = snapshotTransition(act);
  if (from && !from.includes(status))
    throw InvalidSnapshot({ because: `Snapshot status must be ${from.join(' or ')}, but current status is: ${status}.` });
}

/** Throws InvalidBackup unless the act may begin. */
export function mayBeginOnBackup(act: BackupAct, { status }: Pick<VolumeBackup, 'status'>): void {
  const { from } = backupTransition(act);
  if (from && !from.includes(status))
    throw InvalidBackup({ because: `Backup status must be ${from.join(' or ')}, but current status is: ${status}.` });
}
