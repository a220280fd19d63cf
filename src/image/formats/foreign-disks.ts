/** Reads the headers of VHD, VHDX, VDI and ploop images, and refuses those that refer to other files (of the host!). */
import { refuse } from './refusals.ts';

const SECTOR_BYTES = 512n;
const VHD_DIFFERENCING = 4;
const VDI_DYNAMIC = 1;
const VDI_STATIC = 2;
const VDI_LINKS = { start: 0x1a8, end: 0x1c8 } as const;
const VDI_HEADER_BYTES = 512;
const PLOOP_HEADER_BYTES = 64;

/** A dynamic VHD begins with a copy of its footer. A fixed one does not, and cannot be told from raw data before its end. */
export function vhdSize(head: Buffer): bigint {
  if (head.length < Number(SECTOR_BYTES)) return refuse('its header is cut off');
  if (head.readUInt32BE(60) === VHD_DIFFERENCING) return refuse('it has a backing file');
  return head.readBigUInt64BE(48);
}

export function vdiSize(head: Buffer): bigint {
  if (head.length < VDI_HEADER_BYTES) return refuse('its header is cut off');
  const isLinked = head.subarray(VDI_LINKS.start, VDI_LINKS.end).some((byte) => byte !== 0);
  if (isLinked || ![VDI_DYNAMIC, VDI_STATIC].includes(head.readUInt32LE(76))) return refuse('it has a backing file');
  return head.readBigUInt64LE(0x170);
}

export function ploopSize(head: Buffer): bigint {
  return head.length < PLOOP_HEADER_BYTES ? refuse('its header is cut off') : head.readBigUInt64LE(36) * SECTOR_BYTES;
}
