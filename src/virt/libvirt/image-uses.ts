import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import type { GuestPaths } from './guest-directory.ts';

// Which cached images each guest uses. The record lies among the guest's files, so it exists exactly as long as the guest does.

/** Records which images the guest uses, by their hashes. Must precede the use: the cache keeps only what is recorded. */
export async function recordImages({ images }: Pick<GuestPaths, 'images'>, hashes: readonly string[]): Promise<void> {
  await writeFile(`${images}.new`, JSON.stringify(hashes.map((hash) => hash.toLowerCase())));
  await rename(`${images}.new`, images);
}

/** The images that the guests use; undefined if one has no record, and may thus use any. */
export async function imagesInUse(guests: Iterable<GuestPaths>): Promise<ReadonlySet<string> | undefined> {
  const used = new Set<string>();
  for (const { directory, images, rescueImages } of guests) {
    const hashes = await recorded(images);
    for (const hash of (await recorded(rescueImages)) ?? []) used.add(hash);
    if (hashes) for (const hash of hashes) used.add(hash);
    // A guest that was removed meanwhile has no directory either.
    else if (await exists(directory)) return undefined;
  }
  return used;
}

/** The images in a guest's record; undefined without one. */
export const recorded = (path: string): Promise<readonly string[] | undefined> =>
  readFile(path, 'utf8').then(
    // Written by `recordImages`, as a whole.
    (text) => JSON.parse(text) as string[],
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );

const exists = (directory: string): Promise<boolean> =>
  readdir(directory).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
