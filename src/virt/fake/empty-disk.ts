import type { SnapshotFormat } from '../../objects/server-image.ts';

const CLUSTER_BITS = 9;
const CLUSTER = 2 ** CLUSTER_BITS;
/** What one table of 64 entries maps. */
const SIZE = (CLUSTER / 8) * CLUSTER;

/** The disk of a simulated guest as image data: an empty disk that real hosts could boot as well as any empty one. */
export const emptyDisk = (format: SnapshotFormat): Buffer => (format === 'raw' ? Buffer.alloc(SIZE) : emptyQcow2());

/** One cluster each: the header, the table of reference counts, their block, the table of clusters. */
function emptyQcow2(): Buffer {
  const disk = Buffer.alloc(4 * CLUSTER);
  disk.write('QFI\xfb', 0, 'latin1');
  disk.writeUInt32BE(3, 4);
  disk.writeUInt32BE(CLUSTER_BITS, 20);
  disk.writeBigUInt64BE(BigInt(SIZE), 24);
  disk.writeUInt32BE(1, 36);
  disk.writeBigUInt64BE(BigInt(3 * CLUSTER), 40);
  disk.writeBigUInt64BE(BigInt(CLUSTER), 48);
  disk.writeUInt32BE(1, 56);
  // Reference counts have 2^4 bits, the header 104 bytes.
  disk.writeUInt32BE(4, 96);
  disk.writeUInt32BE(104, 100);
  disk.writeBigUInt64BE(BigInt(2 * CLUSTER), CLUSTER);
  for (let cluster = 0; cluster < 4; cluster += 1) disk.writeUInt16BE(1, 2 * CLUSTER + 2 * cluster);
  return disk;
}
