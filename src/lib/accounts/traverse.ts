import { chmod, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, resolve, sep } from 'node:path';
import { errorType } from '../errors/error-type.ts';
import type { Log } from '../log/log.ts';
import type { Account } from './account.ts';

/** A directory on the way to a daemon's files is closed to it. */
export const MayNotPass = errorType(
  'MayNotPass',
  'invalid',
  (p: { daemon: string; account: string; directory: string; mode: string }) =>
    `${p.daemon} runs as user ${p.account}, who may not pass through ${p.directory} (mode ${p.mode}) to the state directory. ` +
    `Run chmod o+x ${p.directory}, or choose another NOVA_STATE_DIR.`,
);

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
 * Lets a daemon's account traverse a directory of ours (search permission only: it still cannot list it).
 * Changes only that directory, others below `below`, and, for `mktemp -d`, a directory of ours directly below the temporary directory.
 * Any other closed parent was closed on purpose: the error names it.
 */
export async function allowTraversal(
  directory: string,
  { daemon, account, below = directory, log }: { daemon: string; account: Account; below?: string; log: Log },
): Promise<void> {
  for (const blocker of await blockersOf(directory, account)) {
    const { mode, uid } = await stat(blocker);
    const isOwn = isWithin(blocker, below) || dirname(blocker) === resolve(tmpdir());
    if (uid !== process.getuid?.() || !isOwn) throw MayNotPass({ daemon, account: account.name, directory: blocker, mode: octal(mode) });
    await chmod(blocker, (mode & 0o7777) | 0o011);
    log.info({ directory: blocker, user: account.name, daemon }, 'let the user of a daemon traverse a directory to reach its files');
  }
}

const isWithin = (path: string, directory: string): boolean =>
  path === resolve(directory) || path.startsWith(`${resolve(directory)}${sep}`);

const octal = (mode: number) => (mode & 0o7777).toString(8).padStart(4, '0');
