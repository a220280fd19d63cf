import { stat } from 'node:fs/promises';
import type { OfferedFile } from '../../lib/handover/file-offer.ts';
import type { GuestPaths } from './guest-directory.ts';
import type { ImageCache } from './image-cache.ts';
import { recorded } from './image-uses.ts';

/** Images are offered to other hosts under this name and their hash. */
export const IMAGE = 'image/';

/** The images that the disks and the boot of a guest need. */
export const packedImages = async (paths: GuestPaths, images: ImageCache): Promise<readonly OfferedFile[]> =>
  await Promise.all(
    ((await recorded(paths.images)) ?? []).map(async (hash) => {
      const path = images.fileOf(hash);
      return { name: `${IMAGE}${hash}`, path, bytes: (await stat(path)).size };
    }),
  );

/** The config drive goes along as it is: guests do not write to it, and libvirt copies no disk that cannot be written. */
export const packedDrive = async ({ configDrive: path }: GuestPaths): Promise<readonly OfferedFile[]> => {
  const known = await stat(path).catch(() => undefined);
  return known ? [{ name: DRIVE, path, bytes: known.size }] : [];
};

const DRIVE = 'disk.config';

/** Whether an offered file is the config drive. */
export const isDrive = ({ name }: { readonly name: string }): boolean => name === DRIVE;
