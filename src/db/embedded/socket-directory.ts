import { createHash } from 'node:crypto';
import { chown, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { blockersOf } from '../../lib/accounts/traverse.ts';
import { type Account, giveTo, isOfEarlierRelease } from './account.ts';
import { EmbeddedPostgresFailed } from './failure.ts';

/** Part of the socket's file name; there is no TCP port behind it. */
export const SOCKET_PORT = 5432;
/** The kernel's limit for the path of a unix socket, in bytes, without the terminating zero. */
const MAX_SOCKET_PATH_BYTES = process.platform === 'darwin' ? 103 : 107;

/** The socket that PostgreSQL creates in its socket directory. */
export const socketPath = (directory: string) => join(directory, `.s.PGSQL.${SOCKET_PORT}`);

const fits = (directory: string) => Buffer.byteLength(socketPath(directory)) <= MAX_SOCKET_PATH_BYTES;

/**
 * Chooses and creates the private directory of the server's socket: `socket` in `home`; if that path is too long for a
 * socket, `nova-ts-<hash of home>` in the temporary directory, or in /tmp if that is too long or not accessible.
 */
export async function makeSocketDirectory(home: string, account: Account | undefined): Promise<string> {
  const short = `nova-ts-${createHash('sha256').update(resolve(home)).digest('hex').slice(0, 16)}`;
  const candidates = [join(home, 'socket'), join(tmpdir(), short), join('/tmp', short)].filter(fits);
  for (const directory of candidates) {
    if (account && (await blockersOf(join(directory, '..'), account)).length > 0) continue;
    await makePrivate(directory, account);
    return directory;
  }
  throw EmbeddedPostgresFailed({
    problem: `no directory for its socket has a path short enough (${MAX_SOCKET_PATH_BYTES} bytes) below ${home} or ${tmpdir()}`,
    advice: 'Choose a shorter NOVA_STATE_DIR or TMPDIR',
  });
}

/** Creates a directory that only the server's account and root may enter; refuses an existing one of another owner. */
export async function makePrivate(directory: string, account: Account | undefined): Promise<void> {
  await mkdir(directory, { mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
  });
  const found = await lstat(directory);
  const ours = found.isDirectory() && found.uid === process.getuid?.();
  if (ours && account) return chown(directory, account.uid, account.gid);
  if (ours || (found.isDirectory() && found.uid === account?.uid)) return;
  if (account && found.isDirectory() && (await isOfEarlierRelease(found.uid))) return giveTo(directory, account);
  throw EmbeddedPostgresFailed({
    problem: `${directory} is not a directory of user ${account?.name ?? process.getuid?.()}`,
    advice: 'Put its owner right, or move it away',
  });
}
