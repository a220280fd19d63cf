/** Detects the format of an image by its content, and refuses content of another format than the declared one. */
import { ploopSize, vdiSize, vhdSize } from './foreign-disks.ts';
import { readQcow2Header } from './qcow2.ts';
import { refuse } from './refusals.ts';
import { formatOf, looksLikeIso } from './signatures.ts';
import { vmdkSize } from './vmdk.ts';

/** How many bytes from the start of an image `inspect` wants (fewer if the image is shorter). */
export const HEAD_BYTES = 64 * 1024;

/** Disk formats that an image may be declared with: Glance's. Hosts boot only raw, ami and qcow2. */
export const diskFormats = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop'] as const;

export type DiskFormat = (typeof diskFormats)[number];

/** The sizes found in the content. */
export interface Inspected {
  /** `data`: the size of the data itself; null where it cannot be seen at the beginning. */
  readonly virtualSizeBytes: number | 'data' | null;
  /** Data shorter than this is cut off. */
  readonly minBytes: number;
}

/** Formats with a header. All others are data without one. */
const readers: Readonly<Partial<Record<DiskFormat, (head: Buffer) => Inspected>>> = {
  qcow2: (head) => {
    const { virtualSizeBytes, minBytes } = readQcow2Header(head);
    return { virtualSizeBytes, minBytes };
  },
  vmdk: (head) => sized(vmdkSize(head)),
  vhd: (head) => sized(vhdSize(head)),
  vdi: (head) => sized(vdiSize(head)),
  ploop: (head) => sized(ploopSize(head)),
  // Its size is behind the first megabyte.
  vhdx: () => ({ virtualSizeBytes: null, minBytes: 0 }),
};

/** Checks the first bytes of an image against its declared format; throws ImageFormatRefused. */
export function inspect(head: Buffer, declared: DiskFormat): Inspected {
  const found = formatOf(head);
  // A qcow2 declared as raw is the classic way to make a host open one of its own files as a backing file.
  if (found !== undefined && found !== declared) return refuse(`it is of format ${found}, declared as ${declared}`);
  const read = readers[declared];
  if (read) return found === undefined ? refuse(`it is declared as ${declared} but is not`) : read(head);
  if (declared === 'iso' && !looksLikeIso(head)) return refuse('it is declared as iso but is not');
  return { virtualSizeBytes: 'data', minBytes: 0 };
}

const sized = (bytes: bigint): Inspected =>
  bytes > BigInt(Number.MAX_SAFE_INTEGER) ? refuse(`it claims a size of ${bytes} bytes`) : { virtualSizeBytes: Number(bytes), minBytes: 0 };
