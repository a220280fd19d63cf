/** Detects the format of an image by its content, and refuses content of another format than the declared one. */
import { looksLikeQcow, readQcow2Header } from './qcow2.ts';
import { ImageFormatRefused } from './refusals.ts';

/** How many bytes from the start of an image `inspect` wants (fewer if the image is shorter). */
export const HEAD_BYTES = 64 * 1024;

/** Disk formats that an image may be declared with. */
export const diskFormats = ['raw', 'qcow2', 'iso', 'aki', 'ari', 'ami'] as const;

export type DiskFormat = (typeof diskFormats)[number];

/** The format and the sizes found in the content. */
export interface Inspected {
  readonly format: 'raw' | 'qcow2';
  /** Undefined where it is the size of the data itself. */
  readonly virtualSizeBytes: number | undefined;
  /** Data shorter than this is cut off. */
  readonly minBytes: number;
}

/** Formats that are recognised in order to refuse them: a hypervisor that probes the format would open them. */
const foreign: readonly { name: string; offset: number; magic: Buffer }[] = [
  { name: 'vmdk', offset: 0, magic: Buffer.from('KDMV') },
  { name: 'vmdk', offset: 0, magic: Buffer.from('# Disk DescriptorFile') },
  { name: 'vhd', offset: 0, magic: Buffer.from('conectix') },
  { name: 'vhdx', offset: 0, magic: Buffer.from('vhdxfile') },
  { name: 'vdi', offset: 64, magic: Buffer.from([0x7f, 0x10, 0xda, 0xbe]) },
  { name: 'qed', offset: 0, magic: Buffer.from('QED\0') },
  { name: 'luks', offset: 0, magic: Buffer.from([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe]) },
];

/** Checks the first bytes of an image against its declared format; throws ImageFormatRefused. */
export function inspect(head: Buffer, declared: DiskFormat): Inspected {
  const stranger = foreign.find(({ offset, magic }) => head.subarray(offset, offset + magic.length).equals(magic));
  if (stranger) throw ImageFormatRefused({ because: `it is of format ${stranger.name}, declared as ${declared}` });
  if (!looksLikeQcow(head)) {
    if (declared === 'qcow2') throw ImageFormatRefused({ because: 'it is declared as qcow2 but is not' });
    return { format: 'raw', virtualSizeBytes: undefined, minBytes: 0 };
  }
  // A qcow2 declared as raw is the classic way to make a host open one of its own files as a backing file.
  if (declared !== 'qcow2') throw ImageFormatRefused({ because: `it is of format qcow2, declared as ${declared}` });
  const { virtualSizeBytes, tableEndBytes } = readQcow2Header(head);
  return { format: 'qcow2', virtualSizeBytes, minBytes: tableEndBytes };
}
