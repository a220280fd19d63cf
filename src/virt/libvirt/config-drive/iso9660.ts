/**
 * Writes a CD-ROM image: ISO 9660 with Joliet names, which every system of today reads. The plain ISO 9660 names are short and numbered;
 * they satisfy the standard and are what a reader without Joliet sees.
 */
import type { DriveFile } from '../../../objects/guest-metadata/config-drive-files.ts';
import { filesBelow, type Folder, folderOf, foldersBelow, type PlainFile } from './folder.ts';

const SECTOR = 2048;
/** Sectors before the volume descriptors, which belong to boot loaders. */
const SYSTEM_AREA = 16;

/** How the names of one of the two directory trees are written. */
interface Dialect {
  readonly isJoliet: boolean;
  /** The name of a child; unique among its siblings. */
  readonly nameOf: (folder: Folder, child: Folder | PlainFile) => Buffer;
}

/** Where folders and files are, in sectors. */
type Extents = ReadonlyMap<Folder | PlainFile, { readonly sector: number; readonly bytes: number }>;

/** The image of a drive with this label and these files. */
export function iso9660(label: string, files: readonly DriveFile[]): Buffer {
  const root = folderOf(files);
  const contents = filesBelow(root);
  let next = SYSTEM_AREA + 3;
  const take = (bytes: number): number => {
    const sector = next;
    next += Math.max(1, Math.ceil(bytes / SECTOR));
    return sector;
  };
  const trees = [plain, joliet].map((dialect) => {
    const folders = foldersBelow(root);
    const paths = { l: take(pathTable(folders, dialect).length), m: take(pathTable(folders, dialect).length) };
    const extents = new Map(folders.map((folder) => [folder, placed(directory(folder, dialect), take)] as const));
    return { dialect, folders, paths, extents };
  });
  const placedFiles = contents.map((file) => [file, placed(file.content, take)] as const);
  const image = Buffer.alloc(next * SECTOR);
  const put = (sector: number, data: Buffer): void => void data.copy(image, sector * SECTOR);
  for (const [index, { dialect, folders, paths, extents }] of trees.entries()) {
    const all: Extents = new Map<Folder | PlainFile, { sector: number; bytes: number }>([...extents, ...placedFiles]);
    put(paths.l, pathTable(folders, dialect, all, 'little'));
    put(paths.m, pathTable(folders, dialect, all, 'big'));
    for (const folder of folders) put(all.get(folder)?.sector ?? 0, directory(folder, dialect, all));
    const tableBytes = pathTable(folders, dialect).length;
    put(SYSTEM_AREA + index, descriptor(dialect, { label, sectors: next, paths, tableBytes, root: self(root, all) }));
  }
  put(SYSTEM_AREA + 2, Buffer.from([255, ...Buffer.from('CD001'), 1]));
  for (const [file, { sector }] of placedFiles) put(sector, file.content);
  return image;
}

const placed = (data: Buffer, take: (bytes: number) => number) => ({ sector: take(data.length), bytes: data.length });

const plain: Dialect = {
  isJoliet: false,
  nameOf: ({ children }, child) => {
    const number = String(children.indexOf(child)).padStart(6, '0');
    return Buffer.from(child.kind === 'file' ? `F${number}.;1` : `D${number}`);
  },
};

const joliet: Dialect = { isJoliet: true, nameOf: (_folder, { name }) => utf16(name) };

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

/** A number in both byte orders, as most numbers of ISO 9660. */
const both32 = (value: number): Buffer => {
  const data = Buffer.alloc(8);
  data.writeUInt32LE(value, 0);
  data.writeUInt32BE(value, 4);
  return data;
};
const both16 = (value: number): Buffer => {
  const data = Buffer.alloc(4);
  data.writeUInt16LE(value, 0);
  data.writeUInt16BE(value, 2);
  return data;
};

/** The record of a folder or file in a directory. Dates are left at zero: a drive has no history. */
function record(name: Buffer, isFolder: boolean, { sector, bytes }: { sector: number; bytes: number }): Buffer {
  const even = name.length % 2 === 0 ? [0] : [];
  const size = 33 + name.length + even.length;
  return Buffer.concat([
    Buffer.from([size, 0]),
    both32(sector),
    both32(isFolder ? Math.ceil(bytes / SECTOR) * SECTOR : bytes),
    Buffer.alloc(7),
    Buffer.from([isFolder ? 2 : 0, 0, 0]),
    both16(1),
    Buffer.from([name.length]),
    name,
    Buffer.from(even),
  ]);
}

const nowhere = { sector: 0, bytes: 0 };
const self = (folder: Folder, extents: Extents): Buffer => record(Buffer.from([0]), true, extents.get(folder) ?? nowhere);

/** A directory: itself, its parent, its children; no record crosses a sector. Without extents, of the right length. */
function directory(folder: Folder, { nameOf }: Dialect, extents: Extents = new Map()): Buffer {
  const parent = record(Buffer.from([1]), true, extents.get(folder.parent ?? folder) ?? nowhere);
  const children = folder.children.map((child) => record(nameOf(folder, child), child.kind === 'folder', extents.get(child) ?? nowhere));
  const sectors: Buffer[] = [];
  let current = Buffer.alloc(0);
  for (const one of [self(folder, extents), parent, ...children]) {
    if (current.length + one.length > SECTOR) {
      sectors.push(Buffer.concat([current, Buffer.alloc(SECTOR - current.length)]));
      current = Buffer.alloc(0);
    }
    current = Buffer.concat([current, one]);
  }
  return Buffer.concat([...sectors, current]);
}

/** The list of all folders with the numbers of their parents, which some readers use instead of the directories. */
function pathTable(
  folders: readonly Folder[],
  { nameOf }: Dialect,
  extents: Extents = new Map(),
  order: 'little' | 'big' = 'little',
): Buffer {
  return Buffer.concat(
    folders.map((folder) => {
      const name = folder.parent ? nameOf(folder.parent, folder) : Buffer.from([0]);
      const data = Buffer.alloc(8 + name.length + (name.length % 2));
      const sector = extents.get(folder)?.sector ?? 0;
      const parent = folder.parent ? folders.indexOf(folder.parent) + 1 : 1;
      data[0] = name.length;
      if (order === 'little') {
        data.writeUInt32LE(sector, 2);
        data.writeUInt16LE(parent, 6);
      } else {
        data.writeUInt32BE(sector, 2);
        data.writeUInt16BE(parent, 6);
      }
      name.copy(data, 8);
      return data;
    }),
  );
}

interface Volume {
  readonly label: string;
  readonly sectors: number;
  readonly paths: { readonly l: number; readonly m: number };
  readonly tableBytes: number;
  readonly root: Buffer;
}

/** The volume descriptor of a directory tree. */
function descriptor({ isJoliet }: Dialect, { label, sectors, paths, tableBytes, root }: Volume): Buffer {
  const data = Buffer.alloc(SECTOR);
  const words = (text: string, at: number, length: number): void => {
    const padded = isJoliet ? utf16(text.padEnd(Math.floor(length / 2))) : Buffer.from(text.padEnd(length));
    padded.copy(data, at, 0, Math.min(length, padded.length));
  };
  data[0] = isJoliet ? 2 : 1;
  data.write('CD001', 1);
  data[6] = 1;
  words('', 8, 32);
  words(isJoliet ? label : label.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_'), 40, 32);
  both32(sectors).copy(data, 80);
  // Joliet at level 3: any character of UCS-2.
  if (isJoliet) data.write('%/E', 88);
  both16(1).copy(data, 120);
  both16(1).copy(data, 124);
  both16(SECTOR).copy(data, 128);
  both32(tableBytes).copy(data, 132);
  data.writeUInt32LE(paths.l, 140);
  data.writeUInt32BE(paths.m, 148);
  root.copy(data, 156);
  for (const [at, length] of [
    [190, 128],
    [318, 128],
    [446, 128],
    [574, 128],
    [702, 37],
    [739, 37],
    [776, 37],
  ] as const)
    words('', at, length);
  for (const at of [813, 830, 847, 864]) data.write('0'.repeat(16), at);
  data[881] = 1;
  return data;
}
