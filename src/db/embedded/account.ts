import { chown, lchown, lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, accountOf, isIdOf, namedAccounts } from '../../lib/accounts/account.ts';
import { EmbeddedPostgresFailed } from './failure.ts';
import { readLockFile } from './lock-file.ts';
import { isAlive } from './process-table.ts';

export type { Account } from '../../lib/accounts/account.ts';

/** PostgreSQL refuses to run as root: for root this is an unprivileged account that nothing else has, for anyone else undefined. */
export async function serverAccount(home: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(home).catch(() => undefined);
  // A directory that was moved keeps its account; a running server of an earlier release keeps the one that it shares with others.
  const keeps = owner !== undefined && owner.uid !== 0 && (isIdOf('postgres', owner.uid) || (await isServed(home)));
  return keeps ? { name: String(owner.uid), uid: owner.uid, gid: owner.gid } : accountOf('postgres', home);
}

/** Whether a server runs on data in the directory. */
async function isServed(home: string): Promise<boolean> {
  const clusters = (await readdir(home)).filter((name) => name.startsWith('data-'));
  const locks = await Promise.all(clusters.map((name) => readLockFile(join(home, name))));
  return locks.some((lock) => lock !== undefined && isAlive(lock.pid));
}

/** Accounts under which initdb can run, the preferred one first: it insists on an account that has a name. */
const NAMED = ['daemon', 'bin', 'nobody'];

/** The account for initdb, which makes nothing that is secret. */
export async function initialAccount(): Promise<Account> {
  const named = await namedAccounts();
  const account = NAMED.map((name) => named.find((entry) => entry.name === name)).find((entry) => entry && entry.uid !== 0);
  if (account) return account;
  throw EmbeddedPostgresFailed({
    problem: `initdb must not run as root, and /etc/passwd knows none of ${NAMED.join(', ')}`,
    advice: 'Start nova-ts as an ordinary user, or set NOVA_DATABASE_URL',
  });
}

/** Gives a directory and all that is in it to the account. */
export async function giveTo(directory: string, account: Account): Promise<void> {
  for (const { name, parentPath } of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(parentPath, name);
    const found = await lstat(path);
    // The former owner may have linked a file of somebody else here.
    if (found.isFile() && found.nlink > 1) throw EmbeddedPostgresFailed({ problem: `${path} is linked from elsewhere` });
    if (found.uid !== account.uid) await lchown(path, account.uid, account.gid);
  }
  // Last: an interrupted change is begun again.
  await chown(directory, account.uid, account.gid);
}

/** Whether the user id is one that earlier releases ran the server as, which other daemons have too. */
export const isOfEarlierRelease = async (uid: number): Promise<boolean> =>
  (await namedAccounts()).some((entry) => entry.uid === uid && EARLIER.includes(entry.name));

const EARLIER = ['nobody', 'daemon'];

/** Options for a child process that runs as this account (ours when undefined), in a directory that every user can enter. */
export const runAs = (account: Account | undefined) => ({ cwd: '/', ...(account ? { uid: account.uid, gid: account.gid } : {}) });
