/** Writes a disk image with a FAT16 file system and long names, without a partition table, as Nova's vfat config drives are. */
import { errorType } from '../../../lib/errors/error-type.ts';
import type { DriveFile } from '../../../objects/guest-metadata/config-drive-files.ts';
import { type Folder, folderOf, type PlainFile } from './folder.ts';

const SECTOR = 512;
const CLUSTER_SECTORS = 4;
const CLUSTER = CLUSTER_SECTORS * SECTOR;
/** As Nova's: 64 MB. */
const SECTORS = (64 * 1024 * 1024) / SECTOR;
const ROOT_ENTRIES = 512;
const ROOT_SECTORS = (ROOT_ENTRIES * 32) / SECTOR;
const FAT_SECTORS = 128;
const FIRST_FAT = 1;
const ROOT = FIRST_FAT + 2 * FAT_SECTORS;
const DATA = ROOT + ROOT_SECTORS;
const CLUSTERS = Math.floor((SECTORS - DATA) / CLUSTER_SECTORS);
const END_OF_CHAIN = 0xffff;

const READ_ONLY_FILE = 0x20;
const FOLDER = 0x10;
const LABEL = 0x08;
const LONG_NAME = 0x0f;

const DriveTooLarge = errorType('DriveTooLarge', 'invalid', (_: object) => 'The files of the config drive do not fit on it.');

/** The size of the image; what follows the bytes that `vfat` returns is zeros. */
export const VFAT_BYTES = SECTORS * SECTOR;

/** The beginning of the image of a drive with this label and these files, up to the last byte that is not zero. */
export function vfat(label: string, files: readonly DriveFile[]): Buffer {
  const image = Buffer.alloc(VFAT_BYTES);
  bootSector(label).copy(image);
  const fat = new Uint16Array((FAT_SECTORS * SECTOR) / 2);
  fat.set([0xfff8, END_OF_CHAIN]);
  let next = 2;
  /** Writes data to new clusters; returns the first, or 0 for none. */
  const store = (data: Buffer): number => {
    const count = Math.ceil(data.length / CLUSTER);
    if (next + count > CLUSTERS + 2) throw DriveTooLarge({});
    const first = next;
    data.copy(image, (DATA + (first - 2) * CLUSTER_SECTORS) * SECTOR);
    for (let index = 0; index < count; index += 1) fat[first + index] = index === count - 1 ? END_OF_CHAIN : first + index + 1;
    next += count;
    return count === 0 ? 0 : first;
  };
  /** Writes a folder's children, then the folder: its children's clusters must be known. Its own cluster is where `..` of its children points. */
  const storeFolder = (folder: Folder, parentCluster: number): number => {
    const bytes = 64 + folder.children.reduce((sum, child) => sum + entriesFor(child.name) * 32, 0);
    const cluster = store(Buffer.alloc(Math.ceil(bytes / CLUSTER) * CLUSTER));
    const dots = [shortEntry('.'.padEnd(11), FOLDER, cluster, 0), shortEntry('..'.padEnd(11), FOLDER, parentCluster, 0)];
    Buffer.concat([...dots, entries(folder, cluster)]).copy(image, (DATA + (cluster - 2) * CLUSTER_SECTORS) * SECTOR);
    return cluster;
  };
  const entries = (folder: Folder, cluster: number): Buffer =>
    Buffer.concat(
      folder.children.map((child, index) =>
        child.kind === 'file'
          ? entry(child, index, READ_ONLY_FILE, store(child.content), child.content.length)
          : entry(child, index, FOLDER, storeFolder(child, cluster), 0),
      ),
    );
  const root = Buffer.concat([shortEntry(label.padEnd(11), LABEL, 0, 0), entries(folderOf(files), 0)]);
  if (root.length > ROOT_SECTORS * SECTOR) throw DriveTooLarge({});
  root.copy(image, ROOT * SECTOR);
  for (const copy of [0, 1]) Buffer.from(fat.buffer).copy(image, (FIRST_FAT + copy * FAT_SECTORS) * SECTOR);
  return image.subarray(0, (DATA + (next - 2) * CLUSTER_SECTORS) * SECTOR);
}

function bootSector(label: string): Buffer {
  const data = Buffer.alloc(SECTOR);
  Buffer.from([0xeb, 0x3c, 0x90]).copy(data, 0);
  data.write('mkfs.fat', 3);
  data.writeUInt16LE(SECTOR, 11);
  data[13] = CLUSTER_SECTORS;
  data.writeUInt16LE(FIRST_FAT, 14);
  data[16] = 2;
  data.writeUInt16LE(ROOT_ENTRIES, 17);
  data[21] = 0xf8;
  data.writeUInt16LE(FAT_SECTORS, 22);
  data.writeUInt16LE(32, 24);
  data.writeUInt16LE(2, 26);
  data.writeUInt32LE(SECTORS, 32);
  data[36] = 0x80;
  data[38] = 0x29;
  data.write(label.padEnd(11), 43);
  data.write('FAT16   ', 54);
  data.writeUInt16LE(0xaa55, 510);
  return data;
}

/** How many entries a name takes: its long name, and a short one. */
const entriesFor = (name: string): number => Math.ceil(name.length / 13) + 1;

/** The entries of a child: the pieces of its long name, the last one first, and a numbered short name. */
function entry({ name }: Folder | PlainFile, index: number, attributes: number, cluster: number, size: number): Buffer {
  const short = `N${String(index).padStart(7, '0')}   `;
  const pieces = Math.ceil(name.length / 13);
  const long = Array.from({ length: pieces }, (_, at) => longEntry(name, pieces - at, { isLast: at === 0, checksum: checksumOf(short) }));
  return Buffer.concat([...long, shortEntry(short, attributes, cluster, size)]);
}

function shortEntry(name: string, attributes: number, cluster: number, size: number): Buffer {
  const data = Buffer.alloc(32);
  data.write(name, 0, 'latin1');
  data[11] = attributes;
  // The first day that FAT knows: a drive has no history.
  data.writeUInt16LE(0x21, 16);
  data.writeUInt16LE(0x21, 24);
  data.writeUInt16LE(cluster, 26);
  data.writeUInt32LE(size, 28);
  return data;
}

/** Thirteen characters of a long name; after its end a zero, then ones. */
function longEntry(name: string, number: number, { isLast, checksum }: { isLast: boolean; checksum: number }): Buffer {
  const data = Buffer.alloc(32);
  data[0] = isLast ? number | 0x40 : number;
  data[11] = LONG_NAME;
  data[13] = checksum;
  const places = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
  for (const [index, at] of places.entries()) {
    const position = (number - 1) * 13 + index;
    data.writeUInt16LE(position < name.length ? name.charCodeAt(position) : position === name.length ? 0 : 0xffff, at);
  }
  return data;
}

const checksumOf = (short: string): number =>
  [...Buffer.from(short, 'latin1')].reduce((sum, byte) => (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff, 0);
