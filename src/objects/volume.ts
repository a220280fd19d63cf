/** Volumes and what belongs to them: plain records without I/O. */

/** The states of a volume; those that name an act are held by a workflow, an attachment or a transfer. */
export const volumeStatuses = [
  'creating',
  'available',
  'reserved',
  'attaching',
  'detaching',
  'in-use',
  'maintenance',
  'deleting',
  'awaiting-transfer',
  'error',
  'error_deleting',
  'backing-up',
  'restoring-backup',
  'error_backing-up',
  'error_restoring',
  'error_extending',
  'downloading',
  'uploading',
  'retyping',
  'extending',
  'reverting',
] as const;
export type VolumeStatus = (typeof volumeStatuses)[number];

/** The states of a snapshot. */
export const snapshotStatuses = ['creating', 'available', 'deleting', 'error', 'error_deleting', 'restoring', 'backing-up'] as const;
export type SnapshotStatus = (typeof snapshotStatuses)[number];

/** The states of an attachment. */
export const attachStatuses = ['reserved', 'attaching', 'attached', 'detaching', 'detached', 'error_attaching', 'error_detaching'] as const;
export type AttachStatus = (typeof attachStatuses)[number];

export type AttachMode = 'rw' | 'ro';

type Texts = Readonly<Record<string, string>>;

/** A host's use of a volume, for a server or for itself. */
export interface VolumeAttachment {
  readonly id: string;
  readonly volumeId: string;
  readonly projectId: string;
  readonly serverId: string | null;
  /** The host that a client named instead of a server, or that its connector names. */
  readonly attachedHost: string | null;
  readonly mountpoint: string | null;
  readonly status: AttachStatus;
  /** Null until it is known. */
  readonly mode: AttachMode | null;
  /** Where the volume is wanted, as the host described itself. */
  readonly connector: Readonly<Record<string, unknown>> | null;
  /** How the host reaches the data: a secret of the attachment's owner. */
  readonly connectionInfo: Readonly<Record<string, unknown>> | null;
  /** The service that must be asked to give the volume back; null where its owner may do that. */
  readonly heldBy: string | null;
  readonly attachedAt: Date | null;
  readonly createdAt: Date;
}

/** A volume. */
export interface Volume {
  readonly id: string;
  readonly projectId: string;
  readonly userId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly sizeGb: number;
  readonly status: VolumeStatus;
  /** The state that it returns to after the work under way. */
  readonly previousStatus: VolumeStatus | null;
  readonly migrationStatus: string | null;
  readonly typeId: string | null;
  readonly typeName: string | null;
  readonly zone: string;
  /** `host@backend#pool`; null until the scheduler has chosen. */
  readonly host: string | null;
  readonly snapshotId: string | null;
  readonly sourceVolumeId: string | null;
  readonly groupId: string | null;
  readonly isBootable: boolean;
  readonly isMultiattach: boolean;
  /** Null until somebody says. */
  readonly isReadOnly: boolean | null;
  readonly metadata: Texts;
  /** Properties of the image that it was made of, or that its owner set. */
  readonly imageMetadata: Texts | null;
  readonly attachments: readonly VolumeAttachment[];
  /** The workflow that holds it. */
  readonly workflowId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
}

/** A volume's contents as they were at one moment. */
export interface VolumeSnapshot {
  readonly id: string;
  readonly volumeId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly sizeGb: number;
  readonly status: SnapshotStatus;
  readonly progress: string;
  readonly metadata: Texts;
  readonly groupSnapshotId: string | null;
  readonly workflowId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
}

/** A kind of volume that an operator offers. */
export interface VolumeType {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly extraSpecs: Texts;
  readonly qosSpecsId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
}

/** `host@backend` of a pool `host@backend#pool`. */
export const backendOf = (pool: string): string => pool.split('#')[0] ?? pool;
