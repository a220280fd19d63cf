/** Backups of volumes: plain records without I/O. */
import { type Static, Type as t } from '@sinclair/typebox';

/** The states of a backup. */
export const backupStatuses = ['creating', 'available', 'deleting', 'restoring', 'error', 'error_deleting'] as const;
export type BackupStatus = (typeof backupStatuses)[number];

/** What a volume that is made of a backup takes over from the volume that was backed up. */
export const volumeFacts = t.Object({
  isBootable: t.Optional(t.Boolean()),
  metadata: t.Optional(t.Record(t.String(), t.String())),
  imageMetadata: t.Optional(t.Record(t.String(), t.String())),
});
export type VolumeFacts = Static<typeof volumeFacts>;

/** A copy of what a volume had at one moment, kept apart from it. */
export interface VolumeBackup {
  readonly id: string;
  readonly projectId: string;
  readonly userId: string;
  readonly volumeId: string;
  /** The snapshot that it was made of. */
  readonly snapshotId: string | null;
  /** The backup that has the data which this one does not repeat. */
  readonly parentId: string | null;
  readonly hasDependents: boolean;
  readonly name: string | null;
  readonly description: string | null;
  /** A label of the caller's. */
  readonly container: string | null;
  readonly zone: string;
  readonly sizeGb: number;
  readonly status: BackupStatus;
  readonly objectCount: number;
  readonly failReason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly volumeFacts: VolumeFacts;
  /** The store that has its data, and the id under which the data is there: two records may be of one backup. */
  readonly storeId: string;
  readonly dataId: string;
  /** The moment that it is of. */
  readonly dataTimestamp: Date;
  readonly workflowId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
}

/** What a host is told to back up. */
export const backupSource = t.Object({
  kind: t.Union([t.Literal('volume'), t.Literal('snapshot')]),
  id: t.String(),
  /** The data of an earlier backup that need not be repeated. */
  parentDataId: t.Optional(t.String()),
});
export type BackupSource = Static<typeof backupSource>;

/** What a store has of a backup. */
export const keptBackup = t.Object({ sizeBytes: t.Integer(), objectCount: t.Integer() });
export type KeptBackup = Static<typeof keptBackup>;
