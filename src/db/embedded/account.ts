import { readFile } from 'node:fs/promises';
import { EmbeddedPostgresFailed } from './failure.ts';

/** The user that PostgreSQL's processes run as, where it must not be ours. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Unprivileged users that every distribution has, the preferred one first. */
const CANDIDATES = ['nobody', 'daemon'];

/** PostgreSQL refuses to run as root: for root this is an existing unprivileged user, for anyone else undefined. */
export async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile('/etc/passwd', 'utf8');
  const accounts = passwd.split('\n').map(accountOf);
  const account = CANDIDATES.map((name) => accounts.find((entry) => entry?.name === name)).find((entry) => entry && entry.uid !== 0);
  if (account) return account;
  throw EmbeddedPostgresFailed({
    problem: `it must not run as root, and /etc/passwd knows neither ${CANDIDATES.join(' nor ')}`,
    advice: 'Start nova-ts as an ordinary user, or set NOVA_DATABASE_URL',
  });
}

function accountOf(line: string): Account | undefined {
  const [name, , uid, gid] = line.split(':');
  return name && uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : undefined;
}

/** Options for a child process that runs as this account (ours when undefined), in a directory that every user can enter. */
export const runAs = (account: Account | undefined) => ({ cwd: '/', ...(account ? { uid: account.uid, gid: account.gid } : {}) });
