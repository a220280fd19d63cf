/** Reads VMDK images that are one file, and refuses those that refer to other files (of the host!). */
import { refuse } from './refusals.ts';

const SECTOR_BYTES = 512;
const HEADER_BYTES = 512;
/** A descriptor is 20 sectors in practice. */
const MAX_DESCRIPTOR_BYTES = 32 * 1024;
/** The kinds with all data in one file, which are also the ones that Glance accepts. */
const KINDS = ['monolithicSparse', 'streamOptimized'];

/** The virtual size of the disk, in bytes. */
export function vmdkSize(head: Buffer): bigint {
  if (head.toString('latin1', 0, 4) !== 'KDMV') return refuse('its data lies in another file');
  if (head.length < HEADER_BYTES) return refuse('its header is cut off');
  const [at, length] = [head.readBigUInt64LE(28), head.readBigUInt64LE(36)].map((sectors) => Number(sectors) * SECTOR_BYTES);
  if (!at || !length) return refuse('it has no descriptor');
  if (length > MAX_DESCRIPTOR_BYTES || at + length > head.length) return refuse('its descriptor is misplaced');
  checkDescriptor(head.toString('latin1', at, at + length));
  return head.readBigUInt64LE(12) * BigInt(SECTOR_BYTES);
}

function checkDescriptor(text: string): void {
  const kind = /^\s*createType\s*=\s*"([^"]*)"/im.exec(text)?.[1];
  if (kind === undefined || !KINDS.includes(kind)) refuse(`it is a VMDK of another type than ${KINDS.join(' and ')}`);
  if (/^\s*parentFileNameHint\s*=/im.test(text) || !/^\s*parentCID\s*=\s*ffffffff\s*$/im.test(text)) refuse('it has a backing file');
  // The one extent is the file itself, whatever name it gives.
  const extents = text.match(/^\s*(?:RW|RDONLY|NOACCESS)\s.*$/gim) ?? [];
  if (extents.length !== 1 || !/^\s*RW\s+\d+\s+SPARSE\s/i.test(extents[0] ?? '')) refuse('its data lies in another file');
}
