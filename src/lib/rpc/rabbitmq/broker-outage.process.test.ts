import { spawn } from 'node:child_process';
import { Writable } from 'node:stream';
import { Type as t } from '@sinclair/typebox';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Rabbitmq, rabbitmqMissing, startRabbitmq } from '../../../../test/support/rabbitmq.ts';
import { systemIds } from '../../clock/ids.ts';
import { systemClock } from '../../clock/clock.ts';
import { serviceContext } from '../../context/context.ts';
import { type Log, silentLog } from '../../log/log.ts';
import type { Bus } from '../bus.ts';
import { clientOf } from '../client.ts';
import { call, cast, contract } from '../contract.ts';
import { serve } from '../serve.ts';
import { rabbitmqBus, type RabbitmqBusOptions } from './rabbitmq-bus.ts';

const DOOMED_SERVICE = new URL('../../../../test/support/doomed-service.ts', import.meta.url).pathname;
const missing = rabbitmqMissing();
const ctx = serviceContext('req-1');
const rpc = contract('outage', {
  work: cast({ to: 'host', params: { item: t.Integer() } }),
  news: cast({ to: 'all', params: { item: t.Integer() } }),
  slow: call({ to: 'host', params: {}, returns: t.Null() }),
  quick: call({ to: 'any', params: {}, returns: t.String() }),
});

/** A log that keeps its lines. */
function keptLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: pino({ level: 'info' }, stream), lines };
}

/** Writes down what it is told; a slow call ends with `released`. */
const manager = (seen: number[], { heard = [], released = Promise.resolve() }: { heard?: number[]; released?: Promise<void> } = {}) => ({
  work: async (_ctx: typeof ctx, { item }: { item: number }) => void seen.push(item),
  news: async (_ctx: typeof ctx, { item }: { item: number }) => void heard.push(item),
  slow: () => released,
  quick: async () => 'here',
});

describe.skipIf(missing !== undefined && process.env.CI !== 'true')(`a broker that goes away${missing ? ` (${missing})` : ''}`, () => {
  let broker: Rabbitmq;
  const buses: Bus[] = [];
  beforeAll(async () => {
    broker = await startRabbitmq();
  });
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
  });
  afterAll(() => broker.stop());

  const connect = async (options: Partial<RabbitmqBusOptions> = {}) => {
    const bus = await rabbitmqBus({ url: broker.url, clock: systemClock, ids: systemIds, log: silentLog, ...options });
    buses.push(bus);
    return bus;
  };
  test('loses no cast that it accepted when it is killed, and none is handled twice; all works again afterwards', async () => {
    const [seen, heard, accepted] = [[] as number[], [] as number[], [] as number[]];
    await serve(await connect(), rpc, manager(seen, { heard }), { host: 'h', log: silentLog });
    const client = clientOf(rpc, await connect());
    const enough = new AbortController();
    const sender = async (first: number) => {
      for (let item = first; !enough.signal.aborted; item += 4) {
        await client.work(ctx, { host: 'h', item });
        accepted.push(item);
      }
    };
    const senders = Promise.all([1, 2, 3, 4].map(sender));
    await vi.waitFor(() => expect(accepted.length).toBeGreaterThan(200), { timeout: 20_000 });
    // These wait in the broker while it dies: their host is not there yet.
    const backlog = Array.from({ length: 50 }, (_, item) => item);
    await Promise.all(backlog.map((item) => client.work(ctx, { host: 'later', item })));
    await broker.kill9();
    const before = accepted.length;
    await broker.restart();
    await vi.waitFor(() => expect(accepted.length).toBeGreaterThan(before + 200), { timeout: 30_000 });
    enough.abort();
    await senders;
    await vi.waitFor(() => expect(new Set(seen)).toEqual(new Set(accepted)), { timeout: 10_000 });
    expect(seen).toHaveLength(new Set(seen).size);
    const late: number[] = [];
    await serve(await connect(), rpc, manager(late), { host: 'later', log: silentLog });
    await vi.waitFor(() => expect(late.toSorted((a, b) => a - b)).toEqual(backlog), { timeout: 5_000 });
    await expect(client.quick(ctx, {})).resolves.toBe('here');
    await client.news(ctx, { item: 7 });
    await vi.waitFor(() => expect(heard).toEqual([7]), { timeout: 5_000 });
  });

  test('gives what a killed process was working on to another one', async () => {
    const doomed = spawn(process.execPath, [DOOMED_SERVICE, broker.url, rpc.topic], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said = (word: string) =>
      new Promise<void>((resolve) => doomed.stdout.on('data', (chunk) => String(chunk).includes(word) && resolve()));
    await said('listening');
    const client = clientOf(rpc, await connect());
    const working = said('working');
    const answer = client.quick(ctx, {});
    await working;
    doomed.kill('SIGKILL');
    await serve(await connect(), rpc, manager([]), { host: 'other', log: silentLog });
    await expect(answer).resolves.toBe('here');
  });

  test('fails the calls that were waiting, at once and by name, and serves the next ones when it is back', async () => {
    const bus = await connect();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await serve(await connect(), rpc, manager([], { released }), { host: 'h', log: silentLog });
    const client = clientOf(rpc, bus);
    const waiting = client.slow(ctx, { host: 'h' }).catch((error: unknown) => error);
    await client.quick(ctx, {});
    const startMs = systemClock.monotonicMs();
    await broker.kill9();
    expect(await waiting).toMatchObject({
      code: 'MessagingTimeout',
      kind: 'unavailable',
      params: { topic: 'outage', message: 'slow' },
      cause: { message: 'the connection to the broker was lost' },
    });
    expect(systemClock.monotonicMs() - startMs).toBeLessThan(5_000);
    expect([bus.healthy(), bus.healthyForMs()]).toEqual([false, 0]);
    expect(bus.reasons().join()).toContain('the broker');
    release();
    const next = client.quick(ctx, {});
    const restartMs = systemClock.monotonicMs();
    await broker.restart();
    await expect(next).resolves.toBe('here');
    expect(bus.healthy()).toBe(true);
    expect(bus.healthyForMs()).toBeLessThanOrEqual(systemClock.monotonicMs() - restartMs);
  });

  test('is waited for at the start, with one line in the log and no password in it', async () => {
    await broker.kill9();
    const { log, lines } = keptLog();
    const starting = connect({ log });
    await systemClock.sleep(1_500);
    await broker.restart();
    await starting;
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
      expect.stringMatching(/^waiting for the message broker at amqp:\/\/guest:\*\*\*@127\.0\.0\.1:\d+\/?: /),
      'connected to the message broker',
    ]);
    expect(lines.join('')).not.toContain('guest:guest');
  });

  test('is not waited for longer than asked', async () => {
    const url = 'amqp://nova:s3cret@127.0.0.1:1/cloud';
    const failing: Promise<unknown> = connect({ url, connectTimeoutMs: 300 });
    const error: unknown = await failing.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MessagingUnavailable', kind: 'unavailable' });
    expect(String(error)).toMatch(/amqp:\/\/nova:\*\*\*@127\.0\.0\.1:1\/cloud did not answer within 0.3 s \(.*ECONNREFUSED/);
  });

  test.each(['guest:wrong', 'nobody:guest'])('is not waited for when it refuses %s', async (login) => {
    // A wait would outlast the test.
    const failing = connect({ url: broker.url.replace('guest:guest', login), connectTimeoutMs: 3_600_000 });
    await expect(failing).rejects.toThrow(/amqp:\/\/\w+:\*\*\*@127\.0\.0\.1:\d+ refuses the user or the password in the transport URL/);
  });
});
