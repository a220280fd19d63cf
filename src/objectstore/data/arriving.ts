import type { ChecksumName, Checksums } from '../../objects/stored-object.ts';

/** Data as it arrives, and what its sender says of it. */
export interface Arriving {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly sizeBytes?: number | undefined;
  /** Hex. */
  readonly md5?: string | undefined;
  /** The checksums that are to be stored, and compared if the sender tells them. */
  readonly algorithms: readonly ChecksumName[];
  /** Asked when all has arrived, since some senders tell them at the end. */
  readonly told: () => Checksums;
}
