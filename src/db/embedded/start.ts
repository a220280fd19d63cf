import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '../../lib/clock/clock.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import type { Log } from '../../lib/log/log.ts';
import { serverAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { ensureCluster } from './cluster.ts';
import { EmbeddedPostgresFailed } from './failure.ts';
import { readLockFile, removeStaleLock } from './lock-file.ts';
import { hasLivingOwner, takeOwnership } from './owner.ts';
import { ping, urlOf } from './ping.ts';
import { keep } from './keeper.ts';
import { launch, type Postmaster, type PostmasterOptions } from './postmaster.ts';
import { makePrivate, makeSocketDirectory } from './socket-directory.ts';
import { stopServer } from './stop.ts';
import { openTheWay } from './traverse.ts';

/**
 * The PostgreSQL that the program brings along: it lives in `postgres` of the state directory, listens on a unix socket
 * only, and starts and stops with the program. A server found running there is used; who started it stops it.
 */
export interface EmbeddedPostgres {
  /** For `openDatabase`. */
  readonly url: string;
  /** Stops the server, unless another living process owns it; all is on disk afterwards. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** False for data that may be lost with the machine (tests). Default true. */
  readonly fsync?: boolean;
  /** Settings of PostgreSQL beside ours. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Recovery after a crash replays at most max_wal_size, which takes seconds. */
const START_TIMEOUT_MS = 60_000;
/** How long a server that cannot start because the last one's remains are in its way tries again: they go within seconds. */
const REMAINS_TIMEOUT_MS = 15_000;
const POLL_MS = 20;

/** Starts the embedded server, or joins the one that runs. Call it from the main thread (see `launch`). */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { clock, log, fsync = true } = options;
  const launching: PostmasterOptions = { ...(await prepare(options)), fsync, settings: options.settings ?? {} };
  const server = await serve(launching, clock, log);
  log.info({ socket: server.socketDirectory, joined: server.postmaster === undefined }, 'embedded PostgreSQL is ready');
  const keeper = keep({ postmaster: server.postmaster, restart: async () => (await serve(launching, clock, log)).postmaster, clock, log });
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    const postmaster = await keeper.letGo();
    if (server.owned) await stopServer({ data: launching.data, postmaster, clock, log });
  };
  return { url: urlOf(server.socketDirectory), stop: () => (stopped ??= stop()) };
}

async function prepare({ stateDir, log, fsync = true }: EmbeddedPostgresOptions) {
  const account = await serverAccount();
  const home = join(resolve(stateDir), 'postgres');
  await mkdir(resolve(stateDir), { recursive: true });
  if (account) await openTheWay(stateDir, account, log);
  await makePrivate(home, account);
  const binaries = await findBinaries({ account, copyDir: home });
  const data = await ensureCluster({ home, binaries, account, fsync });
  const socketDirectory = await makeSocketDirectory(home, account);
  return { account, home, binaries, data, socketDirectory };
}

interface Served {
  readonly socketDirectory: string;
  /** Undefined when the server was found running. */
  readonly postmaster: Postmaster | undefined;
  readonly owned: boolean;
}

/** Calls until somebody answers; launches a server while nobody does. */
async function serve(options: PostmasterOptions, clock: Clock, log: Log): Promise<Served> {
  const startMs = clock.monotonicMs();
  let postmaster: Postmaster | undefined;
  while (clock.monotonicMs() - startMs < START_TIMEOUT_MS) {
    // A server that was started with another temporary directory has its socket there.
    const socketDirectory = (await readLockFile(options.data))?.socketDirectory ?? options.socketDirectory;
    const answer = await ping(socketDirectory);
    if (answer === 'ready') return claim(options, socketDirectory, postmaster);
    if (answer === 'absent' && (postmaster === undefined || postmaster.hasEnded())) {
      if (postmaster) await explain(postmaster, clock.monotonicMs() - startMs);
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

/** Whose server is it? Ours if we launched it and it is the one in the lock file, or if its owner is dead. */
async function claim(options: PostmasterOptions, socketDirectory: string, postmaster: Postmaster | undefined): Promise<Served> {
  const lock = await readLockFile(options.data);
  invariant(lock, 'a running PostgreSQL has its lock file');
  const launched = postmaster && lock.pid === postmaster.child.pid ? postmaster : undefined;
  const owned = launched !== undefined || !(await hasLivingOwner(options.home));
  if (owned) await takeOwnership(options.home);
  return { socketDirectory, postmaster: launched, owned };
}

/** Lets pass what time mends (a zombie, orphans or a twin in the way); anything else is the reason why there is no server. */
async function explain(postmaster: Postmaster, waitedMs: number): Promise<void> {
  const reason = await postmaster.reason();
  const remains = /lock file .* already exists|shared memory block .* is still in use/.test(reason);
  if (remains && waitedMs < REMAINS_TIMEOUT_MS) return;
  throw EmbeddedPostgresFailed({ problem: reason === '' ? 'its server ended without a word' : reason });
}
