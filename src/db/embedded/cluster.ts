import { existsSync } from 'node:fs';
import { chown, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runToEnd } from '../../lib/child/run-to-end.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { type Account, giveTo, initialAccount, runAs } from './account.ts';
import { ROLE, writeAuthentication } from './authentication.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresFailed } from './failure.ts';
import { isAlive } from './process-table.ts';

/** It takes a second or two, more on a slow disk. */
const INIT_LIMIT_MS = 120_000;

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
  if (!existsSync(data)) await createCluster(data, options);
  await writeAuthentication(data, options.account);
  return data;
}

async function createCluster(data: string, options: Parameters<typeof ensureCluster>[0]): Promise<void> {
  const { home, binaries, account } = options;
  await refuseOtherMajor(home, binaries.major);
  // Beside the home, which only the server's account may enter.
  const draft = await mkdtemp(`${home}${DRAFT}${process.pid}-`);
  const initial = account && (await initialAccount());
  if (initial) await chown(draft, initial.uid, initial.gid);
  await initialise(draft, { ...options, account: initial });
  if (account) await giveTo(draft, account);
  await rename(draft, data).catch(async (cause: NodeJS.ErrnoException) => {
    // Another process was first; its cluster serves as well.
    if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
    await rm(draft, { recursive: true, force: true });
  });
}

/** What the name of a cluster that is being created has between the home's and the process id. */
const DRAFT = '-draft-';

async function initialise(directory: string, { binaries, account, fsync }: Parameters<typeof ensureCluster>[0]): Promise<void> {
  const locale = ['--encoding', 'UTF8', '--no-locale', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'];
  // The rules for logins are written afterwards.
  const entry = ['--username', ROLE, '--auth', 'reject'];
  const flags = [...locale, ...entry, '--data-checksums', '--no-instructions', ...(fsync ? [] : ['--no-sync'])];
  try {
    await runToEnd(binaries.initdb, [...flags, '--pgdata', directory], {
      ...runAs(account),
      env: serverEnvironment,
      timeoutMs: INIT_LIMIT_MS,
    });
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
  const start = `${basename(home)}${DRAFT}`;
  for (const name of (await readdir(dirname(home))).filter((one) => one.startsWith(start))) {
    const [pid] = name.slice(start.length).split('-');
    if (!isAlive(Number(pid))) await rm(join(dirname(home), name), { recursive: true, force: true });
  }
}
