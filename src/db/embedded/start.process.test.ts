import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../lib/clock/clock.ts';
import { isIdOf, namedAccounts } from '../../lib/accounts/account.ts';
import { silentLog } from '../../lib/log/log.ts';
import { isAlive } from './process-table.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start.ts';

const isRoot = process.getuid?.() === 0;
const SETPRIV = process.platform === 'linux';

let directory: string;
let started: EmbeddedPostgres[] = [];
let children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nova-ts-embedded-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const server of started) await server.stop();
  started = [];
  children = [];
  // The server of a killed program may still be writing its last files.
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function start(stateDir = directory): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ stateDir, clock: systemClock, log: silentLog });
  started.push(server);
  return server;
}

/** Another program on the same state directory, which can be killed. */
async function startElsewhere(stateDir = directory): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(new URL('./start-for-test.ts', import.meta.url), [stateDir], { execArgv: [], stdio: 'inherit' });
  children.push(child);
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])]);
  if (typeof message !== 'string') throw new Error('The other program ended without having started the server.');
  return { child, url: message };
}

async function query<Row extends object>(url: string, statement: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

const setting = async (url: string, name: string) => (await query<Record<string, string>>(url, `show ${name}`))[0]?.[name];
const dataDirectory = join('postgres', 'data-18');
const lockFile = () => join(directory, dataDirectory, 'postmaster.pid');
const postmasterPid = async () => Number((await readFile(lockFile(), 'utf8')).split('\n')[0]);
/** As left by a server that was not stopped. */
const writeLock = (pid: number) =>
  writeFile(lockFile(), `${pid}\n${join(directory, dataDirectory)}\n1\n5432\n${join(directory, 'postgres', 'socket')}\n\n`);

test('data is kept over a restart', async () => {
  const first = await start();
  await query(first.url, 'create table kept (word text); insert into kept values ($$here$$)');
  const pid = await postmasterPid();
  await first.stop();
  expect(isAlive(pid)).toBe(false);
  const second = await start();
  expect(await query(second.url, 'select word from kept')).toEqual([{ word: 'here' }]);
});

test('the server speaks over a private socket only, with checksums and small memory', async () => {
  const { url } = await start();
  expect(await setting(url, 'listen_addresses')).toBe('');
  expect(await setting(url, 'data_checksums')).toBe('on');
  expect(await setting(url, 'shared_buffers')).toBe('24MB');
  expect(await setting(url, 'fsync')).toBe('on');
  const socketDirectory = await stat(join(directory, 'postgres', 'socket'));
  expect(socketDirectory.mode & 0o777).toBe(0o700);
});

const serverUid = async () => (await stat(`/proc/${await postmasterPid()}`)).uid;

// Fault 2026-11 B4.
test.runIf(isRoot)('started by root, it runs as an account that nothing else has', async () => {
  await start();
  const uid = await serverUid();
  expect(isIdOf('postgres', uid)).toBe(true);
  expect((await namedAccounts()).map((account) => account.uid)).not.toContain(uid);
  expect((await stat(join(directory, dataDirectory))).uid).toBe(uid);
});

// Fault 2026-11 B4.
test.runIf(isRoot)('nobody but the user of the program can log in, not even from the account of the server', async () => {
  const { url } = await start();
  const uid = await serverUid();
  const [module, socket] = [fileURLToPath(import.meta.resolve('pg')), new URL(url.replace('@/', '@socket/')).searchParams.get('host')];
  const script = `const { default: pg } = await import(process.argv[1]);
    const client = new pg.Client({ host: process.argv[2], user: 'nova', database: 'nova' });
    await client.connect().then(() => console.log('in'), (error) => console.log(error.message));
    process.exit();`;
  const login = async (user: object) =>
    (
      await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, module, socket ?? ''], { cwd: '/', ...user })
    ).stdout.trim();
  expect(await login({})).toBe('in');
  expect(await login({ uid, gid: uid })).toContain('Peer authentication failed');
});

// Fault 2026-11 B4.
test.runIf(isRoot)(
  'data of an earlier release, whose account others have too, gets an account and rules for logins of its own',
  async () => {
    const first = await start();
    await query(first.url, 'create table kept (n int); insert into kept values (1)');
    const [uid, home] = [await serverUid(), join(directory, 'postgres')];
    await first.stop();
    await promisify(execFile)('chown', ['-R', 'nobody', home]);
    await writeFile(join(directory, dataDirectory, 'pg_hba.conf'), 'local all all trust\n');
    const { url } = await start();
    expect(await query(url, 'select n from kept')).toEqual([{ n: 1 }]);
    expect(await serverUid()).toBe(uid);
    expect((await stat(home)).uid).toBe(uid);
    expect(await readFile(join(directory, dataDirectory, 'pg_hba.conf'), 'utf8')).not.toContain('trust');
  },
);

test('two starts in the same process share the server, which the first one stops', async () => {
  const first = await start();
  const second = await start();
  expect(second.url).toBe(first.url);
  await second.stop();
  await query(first.url, 'select 1');
});

test('a server that is killed while its program runs is restarted', async () => {
  const { url } = await start();
  await query(url, 'create table kept (n int); insert into kept values (1)');
  const pid = await postmasterPid();
  process.kill(pid, 'SIGKILL');
  for (let tries = 0; tries < 500 && (await postmasterPid().catch(() => pid)) === pid; tries++) await systemClock.sleep(20);
  const again = await start();
  expect(again.url).toBe(url);
  expect(await query(url, 'select n from kept')).toEqual([{ n: 1 }]);
});

describe('when the program that started it', () => {
  test('is still running, another joins its server and leaves it running', async () => {
    const { url } = await startElsewhere();
    const joined = await start();
    expect(joined.url).toBe(url);
    await joined.stop();
    await query(url, 'select 1');
  });

  test.runIf(SETPRIV)('is killed, the server stops, and the next start finds all that was committed', async () => {
    const { child, url } = await startElsewhere();
    await query(url, 'create table kept (n int); insert into kept values (1)');
    const pid = await postmasterPid();
    child.kill('SIGKILL');
    const { url: again } = await start();
    expect(await query(again, 'select n from kept')).toEqual([{ n: 1 }]);
    expect(await postmasterPid()).not.toBe(pid);
  });

  test('is killed together with the server, the next start recovers', async () => {
    const { child, url } = await startElsewhere();
    await query(url, 'create table kept (n int); insert into kept values (1)');
    const pid = await postmasterPid();
    // The server is killed while its parent cannot reap it: for a while it is a zombie.
    child.kill('SIGSTOP');
    process.kill(pid, 'SIGKILL');
    void systemClock.sleep(500).then(() => child.kill('SIGKILL'));
    const { url: again } = await start();
    expect(await query(again, 'select n from kept')).toEqual([{ n: 1 }]);
  });
});

describe('a lock file left behind', () => {
  test('by a dead process is no obstacle', async () => {
    await (await start()).stop();
    const ended = spawn('true');
    await once(ended, 'exit');
    await writeLock(ended.pid ?? 0);
    await query((await start()).url, 'select 1');
  });

  test('whose process id another program of the same user has now is no obstacle', async () => {
    await (await start()).stop();
    const { uid, gid } = await stat(join(directory, dataDirectory));
    const stranger = spawn('sleep', ['60'], isRoot ? { uid, gid, cwd: '/' } : { cwd: '/' });
    children.push(stranger);
    await writeLock(stranger.pid ?? 0);
    await query((await start()).url, 'select 1');
    expect(isAlive(stranger.pid ?? 0)).toBe(true);
  });
});

test('two programs that start at the same moment share one server', async () => {
  const [one, other] = await Promise.all([startElsewhere(), startElsewhere()]);
  expect(other.url).toBe(one.url);
  await query(one.url, 'select 1');
});

describe('the state directory', () => {
  test.runIf(isRoot)('is opened for passing through when it is closed', async () => {
    const stateDir = join(directory, 'state');
    await chmod(directory, 0o755);
    await mkdir(stateDir, { mode: 0o700 });
    await query((await start(stateDir)).url, 'select 1');
    expect((await stat(stateDir)).mode & 0o777).toBe(0o711);
  });

  test.runIf(isRoot)("is refused below somebody's closed directory, which is named with the remedy", async () => {
    const home = join(directory, 'home');
    await chmod(directory, 0o755);
    await mkdir(home, { mode: 0o700 });
    await expect(start(join(home, 'state'))).rejects.toThrow(`Run chmod o+x ${home}`);
    expect((await stat(home)).mode & 0o777).toBe(0o700);
  });

  test('may have a path too long for a socket', async () => {
    const stateDir = join(directory, 'a'.repeat(100));
    const { url } = await start(stateDir);
    expect(url).toContain(encodeURIComponent(join(tmpdir(), 'nova-ts-')));
    await query(url, 'select 1');
    const joined = await start(stateDir);
    expect(joined.url).toBe(url);
    for (const server of started) await server.stop();
    await rmdir(new URL(url.replace('@/', '@socket/')).searchParams.get('host') ?? '');
  });

  test('with data of another major version is refused', async () => {
    await mkdir(join(directory, 'postgres', 'data-17'), { recursive: true });
    await chmod(join(directory, 'postgres'), 0o700);
    await expect(start()).rejects.toThrow('was written by another major version than this PostgreSQL 18');
  });

  test('is initialised atomically', async () => {
    const abandoned = join(directory, 'postgres-draft-999999999-x');
    await mkdir(abandoned, { recursive: true, mode: 0o700 });
    await start();
    await expect(stat(abandoned)).rejects.toThrow('ENOENT');
  });
});

test('a server that cannot start says why in one line', async () => {
  await (await start()).stop();
  await rm(join(directory, dataDirectory, 'global'), { recursive: true });
  await expect(start()).rejects.toThrow(/^Embedded PostgreSQL cannot run: .*could not open file .*global.*\.$/);
});
