import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

/** Removes the namespace and with it every interface inside, and those of its networks and routers. */
export const deleteNetworkNamespace = async (place: Place): Promise<void> => {
  for (const name of await furtherNamespaces(place)) await runTool('ip', ['netns', 'delete', name]);
  if (await isNamespace(place.netnsFile)) await runTool('ip', ['netns', 'delete', place.netns]);
};

/** The ids of the processes in the namespace and in those of the host's networks and routers, without zombies. */
export const processesIn = async (place: Place): Promise<readonly number[]> => {
  if (!(await isNamespace(place.netnsFile))) return [];
  const files = (await furtherNamespaces(place)).map((name) => join(dirname(place.netnsFile), name));
  const wanted = new Set(await Promise.all([place.netnsFile, ...files].map(inodeOf)));
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const inodes = await Promise.all(pids.map((pid) => inodeOf(`/proc/${pid}/ns/net`)));
  return pids.filter((_, index) => inodes[index] !== undefined && wanted.has(inodes[index])).map(Number);
};

/** The namespaces of the host's networks and routers: their names are the host's, a dot and their own. */
const furtherNamespaces = async ({ netns, netnsFile }: Place): Promise<readonly string[]> => {
  const names = await readdir(dirname(netnsFile)).catch((): string[] => []);
  return names.filter((name) => name.startsWith(`${netns}.`));
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
