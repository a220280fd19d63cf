import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, runAs } from './account.ts';
import type { Binaries } from './binaries.ts';
import { serverEnvironment } from './cluster.ts';
import { SOCKET_PORT } from './socket-directory.ts';

/** Small on purpose: one cloud's data needs little memory, and the guests need the rest. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  shared_buffers: '24MB',
  max_connections: '100',
  jit: 'off',
  io_method: 'sync',
  max_parallel_workers_per_gather: '0',
  max_wal_size: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'off',
};

/** For data that a machine crash may lose: tests. */
const NOT_DURABLE: Readonly<Record<string, string>> = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** A start truncates a server log larger than this. */
const MAX_LOG_BYTES = 4_000_000;
/** How much of the log is read for the reason of a failed start. */
const MAX_REASON_BYTES = 16_384;

export interface PostmasterOptions {
  readonly home: string;
  readonly data: string;
  readonly socketDirectory: string;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly fsync: boolean;
  readonly settings: Readonly<Record<string, string>>;
}

/** A server process that this program launched, running or ended. */
export interface Postmaster {
  readonly child: ChildProcess;
  hasEnded(): boolean;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /** The last fatal line in its log. */
  reason(): Promise<string>;
}

/** Starts the server process; it is not ready yet. Where the system supports it (setpriv), the server stops when this process dies. */
export async function launch(options: PostmasterOptions): Promise<Postmaster> {
  const logFile = join(options.home, 'server.log');
  const logStart = await beginLog(logFile);
  const settings = { ...SETTINGS, ...(options.fsync ? {} : NOT_DURABLE), ...options.settings };
  const flags = ['-D', options.data, '-k', options.socketDirectory, '-p', String(SOCKET_PORT)];
  const command = [
    ...tiedToParent(),
    options.binaries.postgres,
    ...flags,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(command[0] ?? '', command.slice(1), {
    ...runAs(options.account),
    env: serverEnvironment,
    stdio: ['ignore', log, log],
    // A session of its own, so that Ctrl-C reaches only us: we stop the server after everything that uses it.
    detached: true,
  });
  closeSync(log);
  child.unref();
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    child,
    ended,
    hasEnded: () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null,
    reason: () => lastComplaint(logFile, logStart),
  };
}

/** Launch from the main thread: the server stops with the thread that launched it. */
const tiedToParent = () => (process.platform === 'linux' && setprivWorks() ? ['setpriv', '--pdeathsig', 'INT', '--'] : []);

const setprivWorks = () => spawnSync('setpriv', ['--pdeathsig', 'INT', '--', 'true'], { stdio: 'ignore' }).status === 0;

async function beginLog(logFile: string): Promise<number> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= MAX_LOG_BYTES) return size;
  await truncate(logFile, 0);
  return 0;
}

async function lastComplaint(logFile: string, start: number): Promise<string> {
  await using file = await open(logFile);
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MAX_REASON_BYTES), position: start });
  const lines = buffer.subarray(0, bytesRead).toString('utf8').trim().split('\n');
  return (lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.slice(-3).join(' ')).replace(/^.*?(FATAL|PANIC):\s*/, '');
}
