/** An offer of a volume to another project. */
export interface VolumeTransfer {
  readonly id: string;
  readonly volumeId: string;
  /** The project that offers it. */
  readonly projectId: string;
  readonly name: string | null;
  /** Whether the snapshots stay behind. */
  readonly noSnapshots: boolean;
  /** The project that took it; null while nobody has. */
  readonly destinationProjectId: string | null;
  readonly createdAt: Date;
}
