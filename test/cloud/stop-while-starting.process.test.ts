/** Stopping a program that is not ready yet: in order and in time, whatever it is doing, and none of its processes stays. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takePortOffset } from '../../demo/free-ports.ts';
import { processesOf } from '../../demo/left-processes.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

const WAIT = { timeout: 60_000, interval: 20 };

let stateDir: string;
let service: ServiceProcess | undefined;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'nova-stop-'));
});
afterEach(async () => {
  await service?.kill9();
  await rm(stateDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
});

async function start(env: NodeJS.ProcessEnv = {}): Promise<ServiceProcess> {
  const { PATH, HOME } = process.env;
  const NOVA_PORT_OFFSET = String(await takePortOffset('127.0.0.1', systemIds));
  service = startService('all', { PATH, HOME, NOVA_STATE_DIR: stateDir, NOVA_PORT_OFFSET, NOVA_VIRT_DRIVER: 'fake', ...env });
  return service;
}

const saidBy = ({ lines }: ServiceProcess) => lines.join('\n');

test.each(['embedded PostgreSQL is ready', 'the database has been brought up to date'])(
  'a cloud that is stopped after "%s" exits cleanly and leaves no process',
  { timeout: 120_000 },
  async (line) => {
    const starting = await start();
    await expect.poll(() => saidBy(starting), WAIT).toContain(line);
    await starting.stop();
    expect(saidBy(starting)).not.toContain('nova-ts ready');
    expect(saidBy(starting)).not.toContain('did not stop in time');
    expect(await processesOf(stateDir)).toEqual([]);
  },
);

test.each([
  ['database', { NOVA_DATABASE_URL: 'postgres://nova@127.0.0.1:9/nova' }, 'the database does not answer; waiting for it'],
  ['broker', { NOVA_TRANSPORT_URL: 'amqp://127.0.0.1:9/' }, 'waiting for the message broker'],
])('a cloud that waits for its %s stops at once on SIGTERM', { timeout: 120_000 }, async (_, env, line) => {
  const waiting = await start(env);
  await expect.poll(() => saidBy(waiting), WAIT).toContain(line);
  await waiting.stop();
  expect(saidBy(waiting)).not.toContain('did not stop in time');
  expect(await processesOf(stateDir)).toEqual([]);
});
