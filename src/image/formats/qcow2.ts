/**
 * Reads the header of a qcow2 image and refuses what a cloud must not open: an image that points at other files (of the host!),
 * is encrypted, is broken, or lies about its size.
 */
import { refuse } from './refusals.ts';

/** What the header says. */
export interface Qcow2Header {
  readonly version: 2 | 3;
  readonly virtualSizeBytes: number;
  readonly clusterBytes: number;
  /** Where the last table ends: a file that is shorter is cut off. */
  readonly minBytes: number;
}

const HEADER_BYTES_V2 = 72;
const HEADER_BYTES_V3 = 104;
const MIN_CLUSTER_BITS = 9;
const MAX_CLUSTER_BITS = 21;
/** QEMU's own bounds. */
const MAX_L1_BYTES = 32 * 1024 ** 2;
const MAX_REFCOUNT_TABLE_BYTES = 8 * 1024 ** 2;
const MAX_REFCOUNT_ORDER = 6;
const MAX_SNAPSHOTS = 65_536;
const MAX_OFFSET = 2n ** 52n;

/** Incompatible features, by bit. */
const DIRTY = 0;
const CORRUPT = 1;
const EXTERNAL_DATA = 2;
const COMPRESSION_TYPE = 3;
const EXTENDED_L2 = 4;
const KNOWN_FEATURES = new Set([DIRTY, CORRUPT, EXTERNAL_DATA, COMPRESSION_TYPE, EXTENDED_L2]);

/** Parses and checks the header; throws ImageFormatRefused with the reason, and nothing else, whatever the bytes are. */
export function readQcow2Header(head: Buffer): Qcow2Header {
  const version = head.length >= HEADER_BYTES_V2 ? head.readUInt32BE(4) : refuse('its header is cut off');
  if (version !== 2 && version !== 3) return refuse(`it is qcow version ${version}; 2 and 3 are understood`);
  if (version === 3 && head.length < HEADER_BYTES_V3) return refuse('its header is cut off');
  if (head.readBigUInt64BE(8) !== 0n || head.readUInt32BE(16) !== 0) return refuse('it has a backing file');
  if (head.readUInt32BE(32) !== 0) return refuse('it is encrypted');
  if (version === 3) checkFeatures(head);
  const sizes = checkSizes(head);
  if (version === 3) checkLength(head, sizes.clusterBytes);
  return { version, ...sizes, minBytes: Math.max(sizes.minBytes, checkRefcounts(head, version, sizes.clusterBytes)) };
}

function checkFeatures(head: Buffer): void {
  const features = head.readBigUInt64BE(72);
  const has = (bit: number): boolean => (features & (1n << BigInt(bit))) !== 0n;
  if (has(EXTERNAL_DATA)) refuse('its data lies in another file');
  if (has(CORRUPT)) refuse('it is marked as corrupt');
  const unknown = Array.from({ length: 64 }, (_, bit) => bit).find((bit) => has(bit) && !KNOWN_FEATURES.has(bit));
  if (unknown !== undefined) refuse(`it needs the unknown feature ${unknown}`);
}

/** The header, with its extensions behind it, lies in the first cluster. */
function checkLength(head: Buffer, clusterBytes: number): void {
  const headerBytes = head.readUInt32BE(100);
  if (headerBytes < HEADER_BYTES_V3 || headerBytes % 8 !== 0 || headerBytes > clusterBytes) refuse('its header has an impossible length');
  if (headerBytes > head.length) refuse('its header is cut off');
}

/** Where the tables of reference counts and of snapshots end; QEMU reads both into memory. */
function checkRefcounts(head: Buffer, version: 2 | 3, clusterBytes: number): number {
  if (version === 3 && head.readUInt32BE(96) > MAX_REFCOUNT_ORDER) return refuse('its reference counts are too wide');
  const tableBytes = head.readUInt32BE(56) * clusterBytes;
  if (tableBytes > MAX_REFCOUNT_TABLE_BYTES) return refuse('its table of reference counts is too large');
  if (head.readUInt32BE(60) > MAX_SNAPSHOTS) return refuse('its table of snapshots is too large');
  const [refcounts, snapshots] = [head.readBigUInt64BE(48), head.readBigUInt64BE(64)];
  const isMisplaced = (offset: bigint) => offset % BigInt(clusterBytes) !== 0n || offset > MAX_OFFSET;
  if (isMisplaced(refcounts)) return refuse('its table of reference counts is misplaced');
  if (isMisplaced(snapshots)) return refuse('its table of snapshots is misplaced');
  return Number(refcounts) + tableBytes;
}

/** The virtual size must fit the table that maps it, or one of the two is wrong. */
function checkSizes(head: Buffer): Omit<Qcow2Header, 'version'> {
  const clusterBits = head.readUInt32BE(20);
  if (clusterBits < MIN_CLUSTER_BITS || clusterBits > MAX_CLUSTER_BITS) return refuse(`its clusters are of 2^${clusterBits} bytes`);
  const clusterBytes = 2 ** clusterBits;
  const size = head.readBigUInt64BE(24);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) return refuse(`it claims a size of ${size} bytes`);
  const virtualSizeBytes = Number(size);
  const l1Entries = head.readUInt32BE(36);
  if (l1Entries * 8 > MAX_L1_BYTES) return refuse('its table of clusters is too large');
  // An entry of L1 maps a cluster of entries of L2 (16 bytes with subclusters, which only halves what one L1 entry maps).
  if (l1Entries * clusterBytes * (clusterBytes / 8) < virtualSizeBytes) return refuse('its table of clusters is too small for its size');
  const l1Offset = head.readBigUInt64BE(40);
  if (l1Offset % BigInt(clusterBytes) !== 0n || l1Offset > MAX_OFFSET) return refuse('its table of clusters is misplaced');
  return { virtualSizeBytes, clusterBytes, minBytes: Number(l1Offset) + l1Entries * 8 };
}
