import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runAs, serverAccount } from '../../src/db/embedded/account.ts';
import { takeEnginePort } from './engine-port.ts';

const run = promisify(execFile);
const VERSIONS = '/usr/lib/postgresql';

/** A PostgreSQL of the distribution, with a cluster of the test's own on a loopback port. */
export interface DebianPostgres {
  readonly url: string;
  start(): Promise<void>;
  /** Ends it at once and waits for its end. */
  stop(): Promise<void>;
  /** Stops it and removes its cluster. */
  remove(): Promise<void>;
}

/** Where the distribution's programs are; undefined when it has none. */
export async function debianPostgresBin(): Promise<string | undefined> {
  const versions = existsSync(VERSIONS) ? await readdir(VERSIONS) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a)).find((version) => existsSync(join(VERSIONS, version, 'bin', 'initdb')));
  return newest === undefined ? undefined : join(VERSIONS, newest, 'bin');
}

/** Makes a cluster; it is not started. */
export async function debianPostgres(bin: string): Promise<DebianPostgres> {
  const account = await serverAccount();
  const directory = await mkdtemp(join(tmpdir(), 'nova-ts-debian-postgres-'));
  await chmod(directory, 0o700);
  if (account) await chown(directory, account.uid, account.gid);
  const data = join(directory, 'data');
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'nova', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], runAs(account));
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
  const remove = async () => {
    await stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  return { url: `postgres://nova@127.0.0.1:${port}/postgres`, start, stop, remove };
}
