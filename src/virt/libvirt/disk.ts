import { chmod } from 'node:fs/promises';
import type { Flavor } from '../../objects/flavor.ts';
import type { ImageMeta } from '../../objects/image.ts';
import { ImageUnusable } from '../errors.ts';
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
