import { chmod, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Log } from '../../lib/log/log.ts';
import type { Account } from './account.ts';
import { EmbeddedPostgresFailed } from './failure.ts';

/** Directories on the path (itself included, outermost first) that the account may not traverse. */
export async function blockersOf(path: string, account: Account): Promise<string[]> {
  const directories: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    directories.unshift(at);
    if (at === dirname(at)) break;
  }
  const passable = await Promise.all(directories.map((directory) => mayTraverse(directory, account)));
  return directories.filter((_, index) => passable[index] === false);
}

async function mayTraverse(directory: string, account: Account): Promise<boolean> {
  const { mode, uid, gid } = await stat(directory);
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

/**
 * Lets the account traverse the state directory (search permission only: it still cannot list it).
 * Changes only the state directory and, for `mktemp -d`, a directory of ours directly below the temporary directory.
 * Any other closed parent was closed on purpose: the error names it.
 */
export async function allowTraversal(stateDir: string, account: Account, log: Log): Promise<void> {
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
    log.info({ directory: blocker, user: account.name }, 'let the PostgreSQL user traverse a directory to reach its data');
  }
}

const octal = (mode: number) => (mode & 0o7777).toString(8).padStart(4, '0');
