// The space on the disk of the state directory: its lack is told in words, at start and by the health checks.
import { statfs } from 'node:fs/promises';
import { errorType } from '../../lib/errors/error-type.ts';
import { isOfFullDisk } from '../../lib/errors/full-disk.ts';

/** Below this, PostgreSQL cannot begin another file of its log, and ends. */
const LEAST_FREE_MB = 16;

/** The space on one file system. */
export interface DiskSpace {
  readonly freeMb: number;
  readonly totalMb: number;
}

const inWords = ({ freeMb, totalMb }: DiskSpace): string => `${freeMb} of ${totalMb} MB free`;

// Shown at start, to an operator, so it may name the directory.
const NoSpaceLeft = errorType(
  'NoSpaceLeft',
  'unavailable',
  ({ directory, ...space }: DiskSpace & { directory: string }) => `no space left on ${directory}: ${inWords(space)}`,
);

/** The space of the file system that a directory is on. */
export const spaceOf = async (directory: string): Promise<DiskSpace> => {
  const { bavail, blocks, bsize } = await statfs(directory);
  const mbOf = (count: number) => Math.floor((count * bsize) / 2 ** 20);
  return { freeMb: mbOf(bavail), totalMb: mbOf(blocks) };
};

/** Why services cannot go on for lack of space; undefined when they can. It is public, and so names no directory. */
export const lackOfSpace = (space: DiskSpace): string | undefined =>
  space.freeMb < LEAST_FREE_MB ? `no space left: ${inWords(space)}` : undefined;

/** Fails when too little space is left to start. */
export async function proveSpace(directory: string, measure = spaceOf): Promise<void> {
  const space = await measure(directory);
  if (lackOfSpace(space)) throw NoSpaceLeft({ directory, ...space });
}

/** Does work that writes to the directory; if it fails because the disk is full, the error says so in words. */
export async function needingSpace<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isOfFullDisk(cause)) throw cause;
    throw NoSpaceLeft({ directory, ...(await spaceOf(directory)) }, { cause });
  }
}
