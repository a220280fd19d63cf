import { chmod, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Log } from '../../lib/log/log.ts';
import type { Account } from './account.ts';
import { EmbeddedPostgresFailed } from './failure.ts';

/** Directories on the way to `path` (itself included, outermost first) that the account may not pass through. */
export async function blockersOf(path: string, account: Account): Promise<string[]> {
  const way: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    way.unshift(at);
    if (at === dirname(at)) break;
  }
  const passable = await Promise.all(way.map((directory) => mayPass(directory, account)));
  return way.filter((_, index) => passable[index] === false);
}

async function mayPass(directory: string, account: Account): Promise<boolean> {
  const { mode, uid, gid } = await stat(directory);
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

/**
 * Lets the account pass through the state directory (search permission only: it still cannot list it).
 * Opened are the state directory itself and, for `mktemp -d`, a directory of ours right below the temporary directory;
 * any other closed parent is its owner's decision, so that is an error which names it.
 */
export async function openTheWay(stateDir: string, account: Account, log: Log): Promise<void> {
  for (const blocker of await blockersOf(stateDir, account)) {
    const { mode, uid } = await stat(blocker);
    const ours = uid === process.getuid?.() && (blocker === resolve(stateDir) || dirname(blocker) === resolve(tmpdir()));
    if (!ours) {
      throw EmbeddedPostgresFailed({
        problem: `it runs as user ${account.name}, who may not pass through ${blocker} (mode ${octal(mode)}) to the state directory`,
        advice: `Run chmod o+x ${blocker}, or choose another NOVA_STATE_DIR`,
      });
    }
    await chmod(blocker, (mode & 0o7777) | 0o011);
    log.info({ directory: blocker, user: account.name }, 'opened a directory for passing through, so that PostgreSQL reaches its data');
  }
}

const octal = (mode: number) => (mode & 0o7777).toString(8).padStart(4, '0');
