import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { HostLayout } from './layout.ts';
import { runTool } from './tool.ts';

// The network namespace of a private host: without an uplink, it cannot disturb the machine's own network.

type Place = Pick<HostLayout, 'netns' | 'netnsFile'>;

/** File system type of a namespace file (see statfs(2)). */
const NSFS_MAGIC = 0x6e736673;

/** Creates the namespace, with loopback up, unless it exists. */
export const ensureNetworkNamespace = async (place: Place): Promise<void> => {
  if (!(await isNamespace(place.netnsFile))) {
    // After a reboot the leftover is a plain file.
    await rm(place.netnsFile, { force: true });
    await runTool('ip', ['netns', 'add', place.netns]);
  }
  await runTool('ip', ['-n', place.netns, 'link', 'set', 'lo', 'up']);
};

/** Removes the namespace and with it every interface inside, and those of its routers, which have its name and a dot before theirs. */
export const deleteNetworkNamespace = async (place: Place): Promise<void> => {
  const others = await readdir(dirname(place.netnsFile)).catch((): string[] => []);
  for (const name of others.filter((one) => one.startsWith(`${place.netns}.`))) await runTool('ip', ['netns', 'delete', name]);
  if (await isNamespace(place.netnsFile)) await runTool('ip', ['netns', 'delete', place.netns]);
};

/** The ids of the processes in the namespace, without zombies. */
export const processesIn = async (place: Place): Promise<readonly number[]> => {
  if (!(await isNamespace(place.netnsFile))) return [];
  const inode = await inodeOf(place.netnsFile);
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const inodes = await Promise.all(pids.map((pid) => inodeOf(`/proc/${pid}/ns/net`)));
  return pids.filter((_, index) => inodes[index] === inode).map(Number);
};

const isNamespace = (file: string): Promise<boolean> =>
  statfs(file).then(
    ({ type }) => type === NSFS_MAGIC,
    () => false,
  );

const inodeOf = (file: string): Promise<number | undefined> =>
  stat(file).then(
    ({ ino }) => ino,
    () => undefined,
  );
