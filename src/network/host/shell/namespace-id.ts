/** Identifies network namespaces by inode: a name can be deleted and reused, the inode of a live namespace is unique. */
import { stat } from 'node:fs/promises';
import { netnsPath } from './host-shell.ts';

/** The inode of a host's namespace. */
export const namespaceId = async (netns: string | null): Promise<number> =>
  (await stat(netns === null ? '/proc/self/ns/net' : netnsPath(netns))).ino;

/** The inode of a process's namespace; undefined when the process has ended. */
export const namespaceOfProcess = async (pid: number): Promise<number | undefined> =>
  await stat(`/proc/${pid}/ns/net`).then(
    ({ ino }) => ino,
    () => undefined,
  );
