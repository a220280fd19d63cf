import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

// Accounts of the daemons that this program starts as root: each has one of its own, so that none can read the files of another.

/** Who a process runs as. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The kinds of daemon, each with user ids that neither distributions nor systemd nor user namespaces give away; they have no names, and
 * nobody can log in as one. A range never changes: files on disk belong to its ids.
 */
const RANGES = {
  postgres: { first: 60_706, count: 239 },
  dnsmasq: { first: 60_945, count: 239 },
  qemu: { first: 60_578, count: 128 },
} as const;
export type Daemon = keyof typeof RANGES;

/** The account of a daemon that works in this directory: the same at every start, another for another directory. */
export async function accountOf(daemon: Daemon, directory: string): Promise<Account> {
  const taken = new Set((await namedAccounts()).map(({ uid }) => uid));
  const digest = createHash('sha256').update(resolve(directory)).digest();
  const { first, count } = RANGES[daemon];
  const ids = Array.from({ length: count }, (_, at) => first + ((digest.readUInt32BE() + at) % count));
  const id = ids.find((one) => !taken.has(one)) ?? first;
  return { name: String(id), uid: id, gid: id };
}

/** Whether the user id is one of a daemon's. */
export const isIdOf = (daemon: Daemon, uid: number): boolean =>
  uid >= RANGES[daemon].first && uid < RANGES[daemon].first + RANGES[daemon].count;

/** The accounts of /etc/passwd. */
export async function namedAccounts(): Promise<readonly Account[]> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
