/** The workflows of volumes, by name and input: the volume API starts them and the conductor runs them. */
import { workflowRef } from '../../lib/workflow/workflow.ts';
import type { ImageMeta } from '../../objects/image.ts';
import type { NewServerImage } from '../../objects/server-image.ts';
import type { BackupSource } from '../../objects/volume-backup.ts';

/** What a volume is made of, by reference: where its data is fetched from is found when it is needed. */
export type VolumeOrigin =
  | { readonly kind: 'empty' }
  | { readonly kind: 'snapshot'; readonly snapshotId: string }
  | { readonly kind: 'volume'; readonly volumeId: string }
  | { readonly kind: 'image'; readonly image: ImageMeta }
  | { readonly kind: 'backup'; readonly dataId: string };

export interface CreateVolume {
  readonly volumeId: string;
  readonly origin: VolumeOrigin;
}
export const createVolumeRef = workflowRef<CreateVolume>('create-volume');

export interface DeleteVolume {
  readonly volumeId: string;
}
export const deleteVolumeRef = workflowRef<DeleteVolume>('delete-volume');

export interface ExtendVolume {
  readonly volumeId: string;
  readonly sizeGb: number;
}
export const extendVolumeRef = workflowRef<ExtendVolume>('extend-volume');

/** A volume that gets the data of one of its snapshots, or of an image. */
export interface RewriteVolume {
  readonly volumeId: string;
  readonly act: 'revert' | 'reimage' | 'reimageReserved';
  readonly origin: VolumeOrigin;
}
export const rewriteVolumeRef = workflowRef<RewriteVolume>('rewrite-volume');

export interface UploadVolume {
  readonly volumeId: string;
  readonly image: NewServerImage;
}
export const uploadVolumeRef = workflowRef<UploadVolume>('upload-volume');

export interface OfSnapshot {
  readonly snapshotId: string;
  readonly volumeId: string;
}
export const createSnapshotRef = workflowRef<OfSnapshot>('create-volume-snapshot');
export const deleteSnapshotRef = workflowRef<OfSnapshot>('delete-volume-snapshot');

/** A backup to make of a volume or of a snapshot of it. */
export interface CreateBackup {
  readonly backupId: string;
  readonly volumeId: string;
  readonly source: BackupSource;
}
export const createBackupRef = workflowRef<CreateBackup>('create-volume-backup');

/** A backup whose data goes into a volume; `create` makes the volume. */
export interface RestoreBackup {
  readonly backupId: string;
  readonly volumeId: string;
  readonly act: 'restore' | 'create';
}
export const restoreBackupRef = workflowRef<RestoreBackup>('restore-volume-backup');

export interface OfBackup {
  readonly backupId: string;
}
export const importBackupRef = workflowRef<OfBackup>('import-volume-backup');

export interface DeleteBackup extends OfBackup {
  /** Whether other records are of the same data. */
  readonly keepsData: boolean;
}
export const deleteBackupRef = workflowRef<DeleteBackup>('delete-volume-backup');
