/** The disks that a flavor gives beside the root disk: an ephemeral one with a file system, and swap. */
import { open, rename, rm, stat, truncate } from 'node:fs/promises';
import type { Flavor } from '../../objects/flavor.ts';
import type { GuestPaths } from './guest-directory.ts';
import { runTool } from './private-host/tool.ts';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/**
 * Makes them as large as the flavor says; repeating it is a no-op. An ephemeral disk that grows keeps its data, and its guest grows the file
 * system: no tool of the host reads what a guest wrote. Swap of another size is made anew, because nothing in it is of use.
 */
export async function fitFurtherDisks(paths: Pick<GuestPaths, 'ephemeral' | 'swap'>, flavor: Flavor): Promise<void> {
  const [ephemeralBytes, swapBytes] = [flavor.ephemeralGb * GIB, flavor.swapMb * MIB];
  const present = await sizeOf(paths.ephemeral);
  if (present === undefined && ephemeralBytes > 0) await make(paths.ephemeral, ephemeralBytes, withFileSystem);
  else if (present !== undefined && present < ephemeralBytes) await truncate(paths.ephemeral, ephemeralBytes);
  if (swapBytes === 0) await rm(paths.swap, { force: true });
  else if ((await sizeOf(paths.swap)) !== swapBytes) await make(paths.swap, swapBytes, ['mkswap', '-f']);
}

const withFileSystem = ['mke2fs', '-q', '-F', '-t', 'ext4', '-L', 'ephemeral0', '-E', 'lazy_itable_init=1,lazy_journal_init=1'] as const;

/** A file of this size that takes no space until it is written, under its name once it is whole. */
async function make(path: string, bytes: number, [tool, ...words]: readonly [string, ...string[]]): Promise<void> {
  const part = `${path}.part`;
  await rm(part, { force: true });
  const file = await open(part, 'w', 0o600);
  await file.truncate(bytes);
  await file.close();
  await runTool(tool, [...words, part]);
  await rename(part, path);
}

const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );
