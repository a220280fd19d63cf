/** `nova-ts start`, `status` and `stop`, as scripts use them. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takePortOffset } from '../demo/free-ports.ts';
import { processesOf } from '../demo/left-processes.ts';
import { systemIds } from '../src/lib/clock/ids.ts';
import { removeState } from './support/cloud.ts';

const PROGRAM = join(import.meta.dirname, '..', 'bin', 'nova-ts');

let parent: string;
let stateDir: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'nova-background-'));
  stateDir = join(parent, 'state');
  const { PATH, HOME } = process.env;
  const NOVA_PORT_OFFSET = String(await takePortOffset('127.0.0.1', systemIds));
  env = { PATH, HOME, NOVA_STATE_DIR: stateDir, NOVA_PORT_OFFSET, NOVA_VIRT_DRIVER: 'fake' };
});
afterEach(async () => {
  for (const { pid } of await processesOf(stateDir)) killIfThere(pid, 'SIGKILL');
  await removeState(parent);
});

/** It may have ended since it was listed. */
function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of nova-ts to its end. A signal in `options` ends it after a while. */
const novaTs = (args: string, options: { timeout?: number } = {}): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(PROGRAM, args.split(' '), { env, ...options }, (error, out, err) =>
      resolve({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err }),
    );
  });

const statusOf = async () => JSON.parse((await novaTs('status --json')).out);
const pidOf = async (): Promise<number> => (await statusOf()).programs[0].pid;

test('start returns when the cloud is ready, status tells where it is, stop ends it', { timeout: 240_000 }, async () => {
  const before = Date.now();
  const started = await novaTs('start');
  const log = join(stateDir, 'logs', 'all.log');
  expect(started).toMatchObject({ status: 0, err: '' });
  expect(started.out.replaceAll(/ +/g, ' ')).toContain(`state ${stateDir}\nlog ${log}\n`);
  expect(started.out).toMatch(/^identity +http:.*\n[^]*\nnova-ts ready\n$/);
  expect(await readFile(log, 'utf8')).toContain('embedded PostgreSQL is ready');
  expect((await stat(log)).mode & 0o777).toBe(0o600);

  const status = await statusOf();
  expect(status).toMatchObject({ running: true, state: stateDir, programs: [{ service: 'all', ready: true, log }] });
  expect(Date.parse(status.programs[0].since)).toBeGreaterThan(before);
  const health = await fetch(`${status.programs[0].endpoints.compute.replace(/(:\d+).*/, '$1')}/healthcheck`);
  expect(health.status).toBe(200);
  expect((await novaTs('status')).out).toMatch(/^nova-ts all of \S+ runs, as process \d+, since \S+ \(\d+ seconds?\)\nidentity/);

  const again = await novaTs('start conductor');
  expect(again.status).toBe(0);
  expect(again.out).toMatch(/^nova-ts all, which includes conductor, runs already, as process/);
  expect(await pidOf()).toBe(status.programs[0].pid);

  expect(await novaTs('stop')).toMatchObject({ status: 0, out: `nova-ts all (process ${status.programs[0].pid}) has stopped\n`, err: '' });
  expect(await processesOf(stateDir)).toEqual([]);
  expect(await novaTs('status')).toMatchObject({ status: 3, out: `nothing runs in ${stateDir}\n` });
  expect(await novaTs('stop')).toMatchObject({ status: 0, out: `nothing runs in ${stateDir}\n` });
});

test('of starts at the same moment one starts the cloud, and all return when it is ready', { timeout: 240_000 }, async () => {
  const started = await Promise.all([novaTs('start'), novaTs('all --detach'), novaTs('start')]);
  expect(started.map(({ status, err }) => ({ status, err: err.replace(/.*still starting.*\n/g, '') }))).toEqual(
    started.map(() => ({ status: 0, err: '' })),
  );
  expect((await statusOf()).programs).toHaveLength(1);
  expect(started.filter(({ out }) => out.includes('runs already'))).toHaveLength(2);
});

test('a killed cloud is not running, whatever it left, and starts again', { timeout: 240_000 }, async () => {
  await novaTs('start');
  const pid = await pidOf();
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => novaTs('status')).toMatchObject({ status: 3 });
  expect(await readFile(join(stateDir, 'ready.json'), 'utf8')).toContain(`"pid": ${pid}`);
  // Its process id belongs to another program now.
  const note = { service: 'all', host: 'h', pid: process.pid, startedAt: new Date().toISOString(), mark: 'of another process' };
  await writeFile(join(stateDir, 'running', `${process.pid}.json`), JSON.stringify(note));
  expect(await novaTs('stop')).toMatchObject({ status: 0, out: `nothing runs in ${stateDir}\n` });
  expect(await novaTs('start')).toMatchObject({ status: 0 });
  expect(await pidOf()).not.toBe(pid);
});

test('a start that fails says why in one line, and leaves nothing behind', { timeout: 240_000 }, async () => {
  env['NOVA_LISTEN'] = '203.0.113.1';
  const { status, out, err } = await novaTs('start');
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toMatch(/^nova-ts all: the \w+ API cannot listen on 203\.0\.113\.1:\d+ \(.*\).* \(log: .*all\.log\)\n$/);
  expect((await readFile(join(stateDir, 'logs', 'all.log'), 'utf8')).match(/cannot listen/g)).toHaveLength(1);
  expect(await processesOf(stateDir)).toEqual([]);
  expect(await novaTs('status')).toMatchObject({ status: 3 });
});

test('a program that dies while it starts is told, with how it ended', { timeout: 240_000 }, async () => {
  env['NOVA_DATABASE_URL'] = 'postgres://nova@127.0.0.1:9/nova';
  const starting = novaTs('start');
  await expect.poll(async () => (await statusOf()).running, { timeout: 60_000 }).toBe(true);
  process.kill(await pidOf(), 'SIGKILL');
  expect(await starting).toMatchObject({ status: 1, err: expect.stringContaining('nova-ts all: it was killed by SIGKILL (log: ') });
});

test('a start that is interrupted ends what it started', { timeout: 240_000 }, async () => {
  env['NOVA_DATABASE_URL'] = 'postgres://nova@127.0.0.1:9/nova';
  expect(await novaTs('start', { timeout: 8_000 })).toMatchObject({ out: '' });
  expect(await novaTs('status')).toMatchObject({ status: 3 });
});

test('mistakes are told before anything is started', async () => {
  env['NOVA_PORT_OFFSET'] = 'many';
  expect(await novaTs('start')).toMatchObject({ status: 1, err: expect.stringContaining('NOVA_PORT_OFFSET') });
  env['NOVA_PORT_OFFSET'] = '0';
  await writeFile(join(parent, 'file'), '');
  env['NOVA_STATE_DIR'] = join(parent, 'file', 'state');
  expect(await novaTs('start')).toMatchObject({
    status: 1,
    err: expect.stringMatching(/^nova-ts: the state directory \S+ cannot be used .*\n$/),
  });
  expect(await novaTs('start conducter')).toMatchObject({ status: 2, err: expect.stringContaining('did you mean "conductor"?') });
  expect(await novaTs('stop all compute')).toMatchObject({ status: 2 });
});
