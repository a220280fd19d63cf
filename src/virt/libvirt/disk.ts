import { chmod, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Flavor } from '../../objects/flavor.ts';
import type { ImageMeta } from '../../objects/image.ts';
import type { ServerId } from '../../objects/ids.ts';
import { DiskTooLarge, ImageUnusable } from '../errors.ts';
import { attempt } from './hypervisor-error.ts';
import { runTool } from './private-host/tool.ts';

// Disks of guests: a copy-on-write layer above the image's read-only file.

const GIB = 1024 ** 3;

/** Maps an image's disk format to QEMU's format; Amazon's formats are raw data. */
const formats: Readonly<Record<string, 'raw' | 'qcow2'>> = { raw: 'raw', ami: 'raw', qcow2: 'qcow2' };

/** Creates the guest's disk with the flavor's size, or with the image's if the flavor has none. */
export const createDisk = async (options: { image: ImageMeta; imageFile: string; disk: string; flavor: Flavor }): Promise<void> => {
  const { image, imageFile, disk, flavor } = options;
  const format = formats[image.diskFormat];
  if (!format) throw ImageUnusable({ imageId: image.id, because: `disks of format ${image.diskFormat} cannot be booted here.` });
  const virtualBytes = await inspect(image, imageFile, format);
  const wantedBytes = flavor.rootGb === 0 ? virtualBytes : flavor.rootGb * GIB;
  if (wantedBytes < virtualBytes)
    throw ImageUnusable({
      imageId: image.id,
      because: `its disk of ${virtualBytes} bytes is larger than the ${flavor.rootGb} GB of the flavor.`,
    });
  await attempt('make the disk of the server', async () => {
    await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', format, '-b', imageFile, disk, String(wantedBytes)]);
    // libvirt gives the file to QEMU's user; nobody else needs access.
    await chmod(disk, 0o600);
  });
};

/** A disk as it is: its size, and the image below it, by its hash. The guest may be writing to it. */
export const disksLayer = (
  disk: string,
  format: 'qcow2' | 'raw',
): Promise<{ virtualBytes: number; image?: string; imageFormat?: string }> =>
  attempt('look at the disk of the server', async () => {
    if (format === 'raw') return { virtualBytes: (await stat(disk)).size };
    const { virtualBytes, backing, backingFormat } = await layerOf(disk);
    return {
      virtualBytes,
      ...(backing === undefined ? {} : { image: basename(backing) }),
      ...(backingFormat === undefined ? {} : { imageFormat: backingFormat }),
    };
  });

/** Creates an empty disk of this size above an image, into which the data of another host's disk is copied. */
export const createEmptyDisk = async (
  { disk, format, virtualBytes }: { disk: string; format: 'qcow2' | 'raw'; virtualBytes: number },
  below?: { file: string; format: string },
): Promise<void> => {
  const above = below ? ['-F', below.format, '-b', below.file] : [];
  await runTool('qemu-img', ['create', '-q', '-f', format, ...above, disk, String(virtualBytes)]);
  await chmod(disk, 0o600);
};

/** Lets a disk refer to this host's file of the image below it; `fileOf` names it by the image's hash. One that stands alone is left. */
export const rebaseDisk = (disk: string, fileOf: (hash: string) => string): Promise<void> =>
  attempt('let the disk of the server refer to its image', async () => {
    if (!(await isQcow2(disk))) return;
    const { backing, backingFormat } = await layerOf(disk);
    if (backing === undefined) return;
    const file = fileOf(basename(backing));
    if (file === backing) return;
    await runTool('qemu-img', ['rebase', '-q', '-u', '-f', 'qcow2', '-F', backingFormat ?? 'raw', '-b', file, disk]);
  });

/** Makes a disk as large as this many GB; one that is larger is refused. */
export const growDisk = async (disk: string, gb: number, serverId: ServerId): Promise<void> => {
  const { virtualBytes } = await attempt('look at the disk of the server', () => layerOf(disk));
  if (virtualBytes > gb * GIB) throw DiskTooLarge({ serverId, bytes: virtualBytes, gb });
  if (virtualBytes < gb * GIB)
    await attempt('grow the disk of the server', () => runTool('qemu-img', ['resize', '-q', '-f', 'qcow2', disk, String(gb * GIB)]));
};

/** Copies a file without filling its holes, and shares its blocks where the file system can. */
export const copyFileSparse = async (from: string, to: string): Promise<void> => {
  await runTool('cp', ['--reflink=auto', '--sparse=always', '--preserve=mode,ownership', from, to], { timeoutMs: COPY_LIMIT_MS });
};

/** No copy of a disk takes longer. */
const COPY_LIMIT_MS = 3_600_000;

const QCOW2_MAGIC = Buffer.from('QFI\xfb', 'latin1');

async function isQcow2(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(QCOW2_MAGIC.length), 0, QCOW2_MAGIC.length, 0);
    return buffer.equals(QCOW2_MAGIC);
  } finally {
    await file.close();
  }
}

/** The size of a qcow2 file and what lies below it. Only files that we made: their headers tell the truth. */
const layerOf = async (disk: string) => {
  const info: { 'virtual-size': number; 'backing-filename'?: string; 'backing-filename-format'?: string } = JSON.parse(
    await runTool('qemu-img', ['info', '--output=json', '--force-share', '-f', 'qcow2', disk]),
  );
  return { virtualBytes: info['virtual-size'], backing: info['backing-filename'], backingFormat: info['backing-filename-format'] };
};

/** The virtual size of the disk, in bytes. The recorded format is used, never a probed one: raw data may fake any format. */
const inspect = async (image: ImageMeta, file: string, format: string): Promise<number> => {
  const info: unknown = await runTool('qemu-img', ['info', '--output=json', '-f', format, file]).then(JSON.parse, (cause: unknown) => {
    throw ImageUnusable({ imageId: image.id, because: `its data is not ${format}.` }, { cause });
  });
  // A backing file named in the image would expose a file of this host.
  if (JSON.stringify(info).match(/"(backing-filename|full-backing-filename|data-file)":/))
    throw ImageUnusable({ imageId: image.id, because: 'its data refers to another file.' });
  const size = typeof info === 'object' && info !== null && 'virtual-size' in info ? info['virtual-size'] : undefined;
  if (typeof size !== 'number') throw ImageUnusable({ imageId: image.id, because: 'its size is unknown.' });
  return size;
};
