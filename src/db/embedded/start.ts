import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '../../lib/clock/clock.ts';
import { allowTraversal } from '../../lib/accounts/traverse.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import type { Log } from '../../lib/log/log.ts';
import { serverAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { ensureCluster } from './cluster.ts';
import { EmbeddedPostgresFailed } from './failure.ts';
import { readLockFile, removeStaleLock } from './lock-file.ts';
import { hasLivingOwner, takeOwnership } from './owner.ts';
import { ping, urlOf } from './ping.ts';
import { supervise } from './supervisor.ts';
import { launch, type Postmaster, type PostmasterOptions } from './postmaster.ts';
import { makePrivate, makeSocketDirectory } from './socket-directory.ts';
import { stopServer } from './stop.ts';

/**
 * The bundled PostgreSQL: its data is in `postgres` of the state directory, it listens only on a unix socket, and it starts
 * and stops with the program. A server already running there is used; the program that started it stops it.
 */
export interface EmbeddedPostgres {
  /** For `openDatabase`. */
  readonly url: string;
  /** Stops the server, unless another running process owns it; all data is on disk afterwards. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** False for data that a machine crash may lose (tests). Default true. */
  readonly fsync?: boolean;
  /** PostgreSQL settings in addition to ours. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Recovery after a crash replays at most max_wal_size, which takes seconds. */
const START_TIMEOUT_MS = 60_000;
/** How long to retry while leftovers of the previous server prevent a start: they go away within seconds. */
const LEFTOVERS_TIMEOUT_MS = 15_000;
const POLL_MS = 20;

/** Starts the embedded server, or joins one that is running. Call it from the main thread (see `launch`). */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { clock, log, fsync = true } = options;
  const launching: PostmasterOptions = { ...(await prepare(options)), fsync, settings: options.settings ?? {} };
  const server = await serve(launching, clock, log);
  log.info({ socket: server.socketDirectory, joined: server.postmaster === undefined }, 'embedded PostgreSQL is ready');
  const restart = async () => (await serve(launching, clock, log)).postmaster;
  const supervisor = supervise({ postmaster: server.postmaster, restart, clock, log });
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    const postmaster = await supervisor.release();
    if (server.owned) await stopServer({ data: launching.data, postmaster, clock, log });
  };
  return { url: urlOf(server.socketDirectory), stop: () => (stopped ??= stop()) };
}

async function prepare({ stateDir, log, fsync = true }: EmbeddedPostgresOptions) {
  const home = join(resolve(stateDir), 'postgres');
  await mkdir(resolve(stateDir), { recursive: true });
  const account = await serverAccount(home);
  if (account) await allowTraversal(stateDir, { daemon: 'Embedded PostgreSQL', account, log });
  await makePrivate(home, account);
  const binaries = await findBinaries({ account, copyDir: home });
  const data = await ensureCluster({ home, binaries, account, fsync });
  const socketDirectory = await makeSocketDirectory(home, account);
  return { account, home, binaries, data, socketDirectory };
}

interface Served {
  readonly socketDirectory: string;
  /** Undefined when the server was already running. */
  readonly postmaster: Postmaster | undefined;
  readonly owned: boolean;
}

/** Pings until a server is ready; launches one if there is none. */
async function serve(options: PostmasterOptions, clock: Clock, log: Log): Promise<Served> {
  const startMs = clock.monotonicMs();
  let postmaster: Postmaster | undefined;
  while (clock.monotonicMs() - startMs < START_TIMEOUT_MS) {
    // A server that was started with another temporary directory has its socket in that one.
    const socketDirectory = (await readLockFile(options.data))?.socketDirectory ?? options.socketDirectory;
    const answer = await ping(socketDirectory);
    if (answer === 'ready') return claim(options, socketDirectory, postmaster);
    if (answer === 'absent' && (postmaster === undefined || postmaster.hasEnded())) {
      if (postmaster) await throwUnlessTransient(postmaster, clock.monotonicMs() - startMs);
      if (await removeStaleLock(options.data)) log.warn({ data: options.data }, 'removed the lock file of a PostgreSQL that is gone');
      postmaster = await launch(options);
    }
    await clock.sleep(postmaster?.hasEnded() ? POLL_MS * 10 : POLL_MS);
  }
  throw EmbeddedPostgresFailed({
    problem: `it did not answer within ${START_TIMEOUT_MS / 1000} seconds`,
    advice: `Read ${join(options.home, 'server.log')}`,
  });
}

/** Finds out who owns the server: we do if we launched the one in the lock file, or if the recorded owner is dead. */
async function claim(options: PostmasterOptions, socketDirectory: string, postmaster: Postmaster | undefined): Promise<Served> {
  const lock = await readLockFile(options.data);
  invariant(lock, 'a running PostgreSQL has its lock file');
  const launched = postmaster && lock.pid === postmaster.child.pid ? postmaster : undefined;
  const owned = launched !== undefined || !(await hasLivingOwner(options.home));
  if (owned) await takeOwnership(options.home);
  return { socketDirectory, postmaster: launched, owned };
}

/** Returns for a transient obstacle (a zombie, orphans, another start at the same time); throws for any other, with the server's reason. */
async function throwUnlessTransient(postmaster: Postmaster, waitedMs: number): Promise<void> {
  const reason = await postmaster.reason();
  const leftovers = /lock file .* already exists|shared memory block .* is still in use/.test(reason);
  if (leftovers && waitedMs < LEFTOVERS_TIMEOUT_MS) return;
  throw EmbeddedPostgresFailed({ problem: reason === '' ? 'its server ended without a word' : reason });
}
