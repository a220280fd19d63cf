import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../lib/errors/error-type.ts';
import { type Account, runAs } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresFailed } from './failure.ts';
import { isAlive } from './process-table.ts';

const run = promisify(execFile);

/** The name of the server's superuser and of the program's database. */
export const ROLE = 'nova';

/** Creates the data directory `home`/data-<major version> unless it exists; atomic, whatever process crashes or competes. */
export async function ensureCluster(options: {
  home: string;
  binaries: Binaries;
  account: Account | undefined;
  fsync: boolean;
}): Promise<string> {
  const { home, binaries } = options;
  const data = join(home, `data-${binaries.major}`);
  await removeAbandonedDrafts(home);
  if (existsSync(data)) return data;
  await refuseOtherMajor(home, binaries.major);
  const draft = await mkdtemp(join(home, `draft-${process.pid}-`));
  if (options.account) await chown(draft, options.account.uid, options.account.gid);
  await initialise(draft, options);
  await rename(draft, data).catch(async (cause: NodeJS.ErrnoException) => {
    // Another process was first; its cluster serves as well.
    if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
    await rm(draft, { recursive: true, force: true });
  });
  return data;
}

async function initialise(directory: string, { binaries, account, fsync }: Parameters<typeof ensureCluster>[0]): Promise<void> {
  const locale = ['--encoding', 'UTF8', '--no-locale', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'];
  // Only users who can enter the socket's directory (mode 0700) reach the server, so they are trusted.
  const entry = ['--username', ROLE, '--auth-local', 'trust', '--auth-host', 'reject'];
  const flags = [...locale, ...entry, '--data-checksums', '--no-instructions', ...(fsync ? [] : ['--no-sync'])];
  try {
    await run(binaries.initdb, [...flags, '--pgdata', directory], { ...runAs(account), env: serverEnvironment });
  } catch (cause) {
    await rm(directory, { recursive: true, force: true });
    throw EmbeddedPostgresFailed({ problem: `initdb failed (${messageOf(cause).trim().split('\n').at(-1)})` }, { cause });
  }
}

/** The environment of the server's programs: nothing of ours that changes their behaviour. */
export const serverEnvironment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

async function refuseOtherMajor(home: string, major: number): Promise<void> {
  const other = (await readdir(home)).find((name) => /^data-\d+$/.test(name));
  if (!other) return;
  throw EmbeddedPostgresFailed({
    problem: `${join(home, other)} was written by another major version than this PostgreSQL ${major}, which cannot read it`,
    advice: `Dump it with the release that wrote it, or move it away to begin anew`,
  });
}

async function removeAbandonedDrafts(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const pid = /^draft-(\d+)-/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) await rm(join(home, name), { recursive: true, force: true });
  }
}
