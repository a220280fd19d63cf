/** Tells network namespaces apart: a name can be deleted and made again, the kernel's number cannot be in use twice. */
import { stat } from 'node:fs/promises';
import { netnsPath } from './host-shell.ts';

/** The number of a host's namespace. */
export const namespaceId = async (netns: string | null): Promise<number> =>
  (await stat(netns === null ? '/proc/self/ns/net' : netnsPath(netns))).ino;

/** The number of the namespace that a process lives in; undefined when it has ended. */
export const namespaceOfProcess = async (pid: number): Promise<number | undefined> =>
  await stat(`/proc/${pid}/ns/net`).then(
    ({ ino }) => ino,
    () => undefined,
  );
