import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

// Removes cached images that no guest has used for a while. A file's modification time is its last known use.

export interface Ageing {
  readonly directory: string;
  /** The images in use, by their hashes; undefined when it is not known of all guests. */
  readonly inUse: () => Promise<ReadonlySet<string> | undefined>;
  readonly now: Date;
  readonly unusedForMs: number;
}

/** A cached image: its hash in lower case. */
export const IMAGE_FILE = /^[0-9a-f]{128}$/;

/** An image that is being removed. */
const LEAVING = '.leaving-';

/** The hashes of the cached images. */
export const cachedImages = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory)).filter((name) => IMAGE_FILE.test(name));

/** Puts back what an earlier process was removing: a guest may have begun to use it. */
export async function putBack(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(LEAVING));
  await Promise.all(names.map((name) => renameIfThere(join(directory, name), join(directory, name.slice(LEAVING.length)))));
}

/** Removes an image that nobody used when last looked at, and not for long before. Returns whether it was removed. */
export async function ageOut(hash: string, { directory, inUse, now, unusedForMs }: Ageing): Promise<boolean> {
  const path = join(directory, hash);
  const lastUse = await stat(path).catch(() => undefined);
  if (!lastUse || now.getTime() - lastUse.mtimeMs < unusedForMs) return false;
  // Moved aside before the uses are looked at again: a spawn that begins now either does not find the file, or is seen here.
  const aside = join(directory, `${LEAVING}${hash}`);
  await renameIfThere(path, aside);
  if ((await inUse())?.has(hash) === false) {
    await rm(aside, { force: true });
    return true;
  }
  await renameIfThere(aside, path);
  return false;
}

/** Where libvirt has given the file to QEMU's user, its time cannot be set: it then counts from the download. */
export const markUsed = (path: string, now: Date): Promise<void> => utimes(path, now, now).catch(() => {});

const renameIfThere = (from: string, to: string): Promise<void> =>
  rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
