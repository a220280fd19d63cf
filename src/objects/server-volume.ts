// The volumes of servers, as their records know them.

/** A volume that a server has, or is about to get: what Nova calls a block device mapping. */
export interface ServerVolume {
  readonly id: string;
  readonly volumeId: string;
  /** The attachment in the volume service. */
  readonly attachmentId: string;
  /** Where the guest finds it: `/dev/vdb`. */
  readonly device: string;
  readonly tag: string | null;
  /** Whether the volume is deleted with the server. */
  readonly isDeletedWithServer: boolean;
}

/** The name of compute in the connectors of its attachments, by which the volume service knows whose they are. */
export const heldByCompute = 'compute';
