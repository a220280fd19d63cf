import { chmod } from 'node:fs/promises';
import type { Flavor } from '../../objects/flavor.ts';
import type { ImageMeta } from '../../objects/image.ts';
import { ImageUnusable } from '../errors.ts';
import { attempt } from './hypervisor-error.ts';
import { runTool } from './private-host/tool.ts';

// Disks of guests: a layer of changes above the image's read-only file.

const GIB = 1024 ** 3;

/** QEMU's format of an image's data, by the image's disk format; a file system of Amazon's kind is raw data. */
const formats: Readonly<Record<string, 'raw' | 'qcow2'>> = { raw: 'raw', ami: 'raw', qcow2: 'qcow2' };

/** Makes the guest's disk: as large as the flavor says, or as the image where the flavor does not care. */
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
    // libvirt hands the file over to QEMU's user; it is nobody else's business.
    await chmod(disk, 0o600);
  });
};

/** The size of the disk within, in bytes. The format is the recorded one, never guessed: raw data may pretend to be any. */
const inspect = async (image: ImageMeta, file: string, format: string): Promise<number> => {
  const info: unknown = await runTool('qemu-img', ['info', '--output=json', '-f', format, file]).then(JSON.parse, (cause: unknown) => {
    throw ImageUnusable({ imageId: image.id, because: `its data is not ${format}.` }, { cause });
  });
  // A file named in the image would be a file of this host.
  if (JSON.stringify(info).match(/"(backing-filename|full-backing-filename|data-file)":/))
    throw ImageUnusable({ imageId: image.id, because: 'its data refers to another file.' });
  const size = typeof info === 'object' && info !== null && 'virtual-size' in info ? info['virtual-size'] : undefined;
  if (typeof size !== 'number') throw ImageUnusable({ imageId: image.id, because: 'its size is unknown.' });
  return size;
};
