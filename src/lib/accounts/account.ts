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

/** The kinds of daemon; each has its own part of the range. */
const DAEMONS = ['postgres', 'dnsmasq'] as const;
export type Daemon = (typeof DAEMONS)[number];

/** User ids that neither distributions nor systemd nor user namespaces give away; they have no names, and nobody can log in as one. */
const FIRST_ID = 60_706;
const IDS_OF_A_DAEMON = 239;

/** The account of a daemon that works in this directory: the same at every start, another for another directory. */
export async function accountOf(daemon: Daemon, directory: string): Promise<Account> {
  const taken = new Set((await namedAccounts()).map(({ uid }) => uid));
  const digest = createHash('sha256').update(resolve(directory)).digest();
  const ids = Array.from({ length: IDS_OF_A_DAEMON }, (_, at) => firstOf(daemon) + ((digest.readUInt32BE() + at) % IDS_OF_A_DAEMON));
  const id = ids.find((one) => !taken.has(one)) ?? firstOf(daemon);
  return { name: String(id), uid: id, gid: id };
}

/** Whether the user id is one of a daemon's. */
export const isIdOf = (daemon: Daemon, uid: number): boolean => uid >= firstOf(daemon) && uid < firstOf(daemon) + IDS_OF_A_DAEMON;

/** The accounts of /etc/passwd. */
export async function namedAccounts(): Promise<readonly Account[]> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

const firstOf = (daemon: Daemon): number => FIRST_ID + DAEMONS.indexOf(daemon) * IDS_OF_A_DAEMON;
