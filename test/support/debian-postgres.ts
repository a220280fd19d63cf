import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { initialAccount, runAs } from '../../src/db/embedded/account.ts';
import { takeEnginePort } from './engine-port.ts';
import { until } from './until.ts';

const run = promisify(execFile);
const VERSIONS = '/usr/lib/postgresql';

/** The distribution's PostgreSQL, with the test's own cluster on a loopback port. */
export interface DebianPostgres {
  readonly url: string;
  start(): Promise<void>;
  /** Stops it immediately and waits for its end. */
  stop(): Promise<void>;
  /** Kills it and its child processes, like a power cut; `start` uses the same cluster. */
  kill9(): Promise<void>;
  /** Stops it and removes its cluster. */
  remove(): Promise<void>;
}

/** Where the distribution's programs are; undefined when it has none. */
export async function debianPostgresBin(): Promise<string | undefined> {
  const versions = existsSync(VERSIONS) ? await readdir(VERSIONS) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a)).find((version) => existsSync(join(VERSIONS, version, 'bin', 'initdb')));
  return newest === undefined ? undefined : join(VERSIONS, newest, 'bin');
}

/** What a test may choose of its cluster. */
export interface ClusterOptions {
  readonly superuser?: string;
  /** Whether everybody but the superuser needs a password, as in the distribution's own cluster. */
  readonly asksPasswords?: boolean;
}

/** Makes a cluster; it is not started. */
export async function debianPostgres(
  bin: string,
  { superuser = 'nova', asksPasswords = false }: ClusterOptions = {},
): Promise<DebianPostgres> {
  const account = process.getuid?.() === 0 ? await initialAccount() : undefined;
  const directory = await mkdtemp(join(tmpdir(), 'nova-ts-debian-postgres-'));
  await chmod(directory, 0o700);
  if (account) await chown(directory, account.uid, account.gid);
  const data = join(directory, 'data');
  await run(join(bin, 'initdb'), ['-D', data, '-U', superuser, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], runAs(account));
  if (asksPasswords)
    await writeFile(join(data, 'pg_hba.conf'), `host all ${superuser} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n`);
  const port = await takeEnginePort();
  let server: ReturnType<typeof spawn> | undefined;
  const start = async () => {
    const flags = ['-D', data, '-p', String(port), '-k', directory, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'];
    server = spawn(join(bin, 'postgres'), flags, { ...runAs(account), stdio: 'ignore' });
    await once(server, 'spawn');
  };
  const stop = async () => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGQUIT');
    await ended;
  };
  const kill9 = async () => {
    if (!server?.pid || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    const workers = await childrenOf(server.pid);
    server.kill('SIGKILL');
    // They end by themselves once they notice, but a slow one prevents the next server from starting.
    for (const worker of workers) kill(worker);
    await Promise.all([ended, ...workers.map(gone)]);
  };
  const remove = async () => {
    await stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  return { url: `postgres://${superuser}@127.0.0.1:${port}/postgres`, start, stop, kill9, remove };
}

/** Waits until a server accepts connections, and creates the database unless it exists. @returns its URL */
export async function databaseIn(url: string, name: string): Promise<string> {
  // A client that failed to connect cannot be used again.
  const tryOnce = async (): Promise<boolean> => {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      const { rows } = await client.query('select from pg_database where datname = $1', [name]);
      if (rows.length === 0) await client.query(`create database ${name}`);
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  };
  await until(tryOnce, { what: `PostgreSQL has the database ${name}`, timeoutMs: 30_000 });
  return url.replace(/\/postgres$/, `/${name}`);
}

/** The ids of a process's children (proc(5)). */
async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Resolves when the process is gone or a zombie, which its parent may be slow to reap. */
const gone = (pid: number): Promise<void> => {
  const isGone = async () => /^$|\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
  return until(isGone, { what: `process ${pid} has ended`, timeoutMs: 10_000 });
};
