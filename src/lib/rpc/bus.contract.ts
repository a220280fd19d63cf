/** What every bus promises, as tests: run against each driver. Several buses on one broker stand for several processes. */
import { Type as t } from '@sinclair/typebox';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemIds } from '../clock/ids.ts';
import { systemClock } from '../clock/clock.ts';
import { serviceContext } from '../context/context.ts';
import { errorType } from '../errors/error-type.ts';
import { silentLog } from '../log/log.ts';
import type { Bus } from './bus.ts';
import { clientOf } from './client.ts';
import { call, cast, contract, type Manager } from './contract.ts';
import { HOST_GRACE_MS, MAX_MESSAGE_BYTES } from './limits.ts';
import { serve } from './serve.ts';

/** A bus that can be killed. */
export type MortalBus = Bus & { crash(): void | Promise<void> };

/** The bound of the queues of a world's broker. */
export const MAX_QUEUED_IN_TESTS = 100;

/** A broker, and processes that connect to it. */
export interface BusWorld {
  connect(): Promise<MortalBus>;
  stop(): Promise<void>;
}

/** A fresh topic for each test: queues outlive the test that made them. */
const someRpc = () =>
  contract(`topic-${systemIds.hex(4)}`, {
    echo: call({ to: 'any', params: { value: t.Unknown(), more: t.Optional(t.String()) }, returns: t.Unknown() }),
    onHost: call({ to: 'host', params: { text: t.String() }, returns: t.String() }),
    nothing: call({ to: 'any', params: {}, returns: t.Null() }),
    number: call({ to: 'any', params: {}, returns: t.Number(), timeoutMs: 5_000 }),
    slow: call({ to: 'any', params: {}, returns: t.String(), timeoutMs: 300 }),
    work: cast({ to: 'any', params: { item: t.Integer() } }),
    hostWork: cast({ to: 'host', params: { item: t.Integer() } }),
    news: cast({ to: 'all', params: { item: t.Integer() } }),
  });
type SomeRpc = ReturnType<typeof someRpc>;
type SomeManager = Manager<SomeRpc>;

const ServerIsLocked = errorType('ServerIsLocked', 'conflict', (p: { serverId: string }) => `Server ${p.serverId} is locked.`);
const ctx = { ...serviceContext('req-7'), projectId: 'p1', spanId: 'span-1' };

/** A manager that writes down what it was told. */
const recorder = (seen: string[], name: string, own: Partial<SomeManager> = {}): SomeManager => ({
  echo: async (_ctx, { value }) => value,
  onHost: async (_ctx, { text }) => `${name}: ${text}`,
  nothing: async () => {},
  number: async () => 1,
  slow: async () => 'done',
  work: async (_ctx, { item }) => void seen.push(`${name}/${item}`),
  hostWork: async (_ctx, { item }) => void seen.push(`${name}/${item}`),
  news: async (_ctx, { item }) => void seen.push(`${name}/${item}`),
  ...own,
});

const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

const broken = (): never => {
  throw new TypeError('x is not a function');
};

/** Runs the promises of a bus against one driver. */
export function describeBus(driver: string, startWorld: () => Promise<BusWorld>): void {
  describe(`the ${driver} bus`, () => {
    let world: BusWorld;
    let buses: MortalBus[] = [];
    beforeAll(async () => {
      world = await startWorld();
    });
    afterEach(async () => {
      await Promise.all(buses.splice(0).map((bus) => bus.close()));
    });
    afterAll(() => world.stop());

    const connect = async () => {
      const bus = await world.connect();
      buses.push(bus);
      return bus;
    };
    /** A service process of its own. */
    const service = async (rpc: SomeRpc, name: string, seen: string[] = [], own: Partial<SomeManager> = {}, concurrency = 16) => {
      const bus = await connect();
      const serving = await serve(bus, rpc, recorder(seen, name, own), { host: name, concurrency, log: silentLog });
      return { bus, serving };
    };
    const clientFor = async (rpc: SomeRpc) => clientOf(rpc, await connect());

    test('a call brings the context and the parameters, and the answer back', async () => {
      const rpc = someRpc();
      const heard: unknown[] = [];
      await service(rpc, 'h1', [], {
        onHost: async (...args) => {
          heard.push(...args);
          return 'hello';
        },
      });
      const client = await clientFor(rpc);
      await expect(client.onHost(ctx, { host: 'h1', text: 'äöü ☃' })).resolves.toBe('hello');
      expect(heard).toEqual([ctx, { text: 'äöü ☃' }]);
    });

    test('a call that returns nothing resolves with nothing', async () => {
      const rpc = someRpc();
      await service(rpc, 'h1');
      await expect((await clientFor(rpc)).nothing(ctx, {})).resolves.toBeUndefined();
    });

    test('values make a trip through JSON: undefined is dropped, a Date is refused', async () => {
      const rpc = someRpc();
      await service(rpc, 'h1');
      const client = await clientFor(rpc);
      const answer = await client.echo(ctx, { value: { a: 1, b: undefined, c: [null, 'x'] } });
      expect(answer).toStrictEqual({ a: 1, c: [null, 'x'] });
      await expect(client.echo(ctx, { value: { at: systemClock.now() } })).rejects.toMatchObject({
        code: 'MessageInvalid',
        kind: 'internal',
      });
      await expect(client.echo(ctx, { value: Number.NaN })).rejects.toMatchObject({ code: 'MessageInvalid' });
    });

    test('a declared error comes out with its code, kind, params and causes', async () => {
      const rpc = someRpc();
      const locked = ServerIsLocked({ serverId: 's1' }, { cause: new Error('disk', { cause: new RangeError('deep') }) });
      await service(rpc, 'h1', [], { number: () => Promise.reject(locked) });
      const error: unknown = await (await clientFor(rpc)).number(ctx, {}).catch((thrown: unknown) => thrown);
      expect(ServerIsLocked.is(error) && error.params).toEqual({ serverId: 's1' });
      expect(error).toMatchObject({
        kind: 'conflict',
        message: 'Server s1 is locked.',
        cause: { message: 'disk', cause: { code: 'RangeError' } },
      });
    });

    test('an error nobody declared comes out as internal', async () => {
      const rpc = someRpc();
      await service(rpc, 'h1', [], { number: broken });
      await expect((await clientFor(rpc)).number(ctx, {})).rejects.toMatchObject({ code: 'TypeError', kind: 'internal' });
    });

    test('a result that does not fit its contract is an internal error', async () => {
      const rpc = someRpc();
      await service(rpc, 'h1', [], { number: async () => 'seven' as unknown as number });
      await expect((await clientFor(rpc)).number(ctx, {})).rejects.toMatchObject({ code: 'MessageInvalid', params: { part: 'result' } });
    });

    test('a message that the receiver does not know is not implemented', async () => {
      const rpc = someRpc();
      await service(rpc, 'h1');
      const newer = contract(rpc.topic, { later: call({ to: 'any', params: {}, returns: t.Null() }) });
      await expect(clientOf(newer, await connect()).later(ctx, {})).rejects.toMatchObject({
        code: 'MessageUnknown',
        kind: 'not-implemented',
      });
    });

    test('parameters that only a newer sender knows are let through', async () => {
      const rpc = someRpc();
      await service(rpc, 'h1');
      const newer = contract(rpc.topic, {
        onHost: call({ to: 'host', params: { text: t.String(), tone: t.String() }, returns: t.String() }),
      });
      await expect(clientOf(newer, await connect()).onHost(ctx, { host: 'h1', text: 'a', tone: 'b' })).resolves.toBe('h1: a');
    });

    test('a message to any goes to exactly one of several, and all of them get some', async () => {
      const rpc = someRpc();
      const seen: string[] = [];
      await Promise.all(['a', 'b', 'c'].map((name) => service(rpc, name, seen)));
      const client = await clientFor(rpc);
      const items = Array.from({ length: 60 }, (_, item) => item);
      await Promise.all(items.map((item) => client.work(ctx, { item })));
      await eventually(() => expect(seen).toHaveLength(60));
      expect(seen.map((entry) => Number(entry.split('/')[1])).sort((a, b) => a - b)).toEqual(items);
      expect(new Set(seen.map((entry) => entry.split('/')[0])).size).toBe(3);
    });

    test('a message to a host goes there and nowhere else', async () => {
      const rpc = someRpc();
      const seen: string[] = [];
      await Promise.all(['a', 'b'].map((name) => service(rpc, name, seen)));
      const client = await clientFor(rpc);
      await Promise.all([1, 2, 3].map((item) => client.hostWork(ctx, { host: 'b', item })));
      await eventually(() => expect(seen.toSorted()).toEqual(['b/1', 'b/2', 'b/3']));
      await expect(client.onHost(ctx, { host: 'a', text: 'x' })).resolves.toBe('a: x');
    });

    test('a message to all reaches every service once, also two in one process', async () => {
      const rpc = someRpc();
      const seen: string[] = [];
      const { bus } = await service(rpc, 'a', seen);
      await serve(bus, rpc, recorder(seen, 'b'), { host: 'b', log: silentLog });
      await service(rpc, 'c', seen);
      await (await clientFor(rpc)).news(ctx, { item: 1 });
      await eventually(() => expect(seen.toSorted()).toEqual(['a/1', 'b/1', 'c/1']));
    });

    test('a message to all with nobody listening is accepted', async () => {
      await expect((await clientFor(someRpc())).news(ctx, { item: 1 })).resolves.toBeUndefined();
    });

    test('casts wait for a service that is yet to come', async () => {
      const rpc = someRpc();
      const seen: string[] = [];
      const client = await clientFor(rpc);
      await client.hostWork(ctx, { host: 'late', item: 1 });
      await client.work(ctx, { item: 2 });
      await service(rpc, 'late', seen);
      await eventually(() => expect(seen.toSorted()).toEqual(['late/1', 'late/2']));
    });

    test('a full queue refuses, and keeps what it has accepted', async () => {
      const rpc = someRpc();
      const client = await clientFor(rpc);
      // Alone, so that the queue is there before the crowd comes.
      await client.hostWork(ctx, { host: 'slow', item: 0 });
      const outcomes = await Promise.allSettled(
        Array.from({ length: 2 * MAX_QUEUED_IN_TESTS }, (_, index) => client.hostWork(ctx, { host: 'slow', item: index + 1 })),
      );
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      for (const { reason } of refused) expect(reason).toMatchObject({ code: 'MessagingQueueFull', kind: 'unavailable' });
      expect(refused.length).toBeGreaterThanOrEqual(MAX_QUEUED_IN_TESTS);
      const seen: string[] = [];
      await service(rpc, 'slow', seen);
      await eventually(() => expect(seen).toHaveLength(1 + outcomes.length - refused.length));
    });

    test('a call to a host that nobody serves fails soon, and is never run later', async () => {
      const rpc = someRpc();
      const ran: string[] = [];
      const client = await clientFor(rpc);
      const startMs = systemClock.monotonicMs();
      const failing = client.onHost(ctx, { host: 'ghost', text: 'x' });
      await expect(failing).rejects.toMatchObject({
        code: 'NoSuchHost',
        kind: 'unavailable',
        params: { topic: rpc.topic, message: 'onHost' },
      });
      expect(systemClock.monotonicMs() - startMs).toBeLessThan(HOST_GRACE_MS + 2_000);
      const onHost: SomeManager['onHost'] = async (_ctx, { text }) => {
        ran.push(text);
        return text;
      };
      await service(rpc, 'ghost', [], { onHost });
      await client.onHost(ctx, { host: 'ghost', text: 'second' });
      expect(ran).toEqual(['second']);
    });

    test('a call to a host that is just starting finds it', async () => {
      const rpc = someRpc();
      const client = await clientFor(rpc);
      const answer = client.onHost(ctx, { host: 'soon', text: 'x' });
      await systemClock.sleep(50);
      await service(rpc, 'soon');
      await expect(answer).resolves.toBe('soon: x');
    });

    test('a call without an answer in time says which message it was', async () => {
      const rpc = someRpc();
      const { promise: released, resolve: release } = Promise.withResolvers<string>();
      await service(rpc, 'h1', [], { slow: () => released });
      const failing = (await clientFor(rpc)).slow(ctx, {});
      await expect(failing).rejects.toMatchObject({
        code: 'MessagingTimeout',
        kind: 'unavailable',
        params: { topic: rpc.topic, message: 'slow', timeoutMs: 300 },
      });
      release('too late');
    });

    test('no more handlers run at once than asked for', async () => {
      const rpc = someRpc();
      let atOnce = 0;
      let most = 0;
      const work = async () => {
        most = Math.max(most, ++atOnce);
        await systemClock.sleep(20);
        atOnce -= 1;
        return 1;
      };
      await service(rpc, 'h1', [], { number: work }, 3);
      const client = await clientFor(rpc);
      await Promise.all(Array.from({ length: 12 }, () => client.number(ctx, {})));
      expect(most).toBe(3);
    });

    test('what a killed service was working on is done by another, and the caller gets its answer', async () => {
      const rpc = someRpc();
      const { promise: never } = Promise.withResolvers<never>();
      const started: string[] = [];
      const { bus: doomed } = await service(rpc, 'a', [], {
        number: () => (started.push('number'), never),
        work: () => (started.push('work'), never),
      });
      const client = await clientFor(rpc);
      const answer = client.number(ctx, {});
      await client.work(ctx, { item: 5 });
      await eventually(() => expect(started.toSorted()).toEqual(['number', 'work']));
      await doomed.crash();
      buses = buses.filter((bus) => bus !== doomed);
      const seen: string[] = [];
      await service(rpc, 'b', seen, { number: async () => 2 });
      await expect(answer).resolves.toBe(2);
      await eventually(() => expect(seen).toEqual(['b/5']));
    });

    test('a message that comes twice is run once, and a call is answered from memory', async () => {
      const rpc = someRpc();
      const seen: string[] = [];
      let runs = 0;
      await service(rpc, 'a', seen, { number: async () => ++runs });
      const bus = await connect();
      const any = { topic: rpc.topic, to: 'any' } as const;
      const parcelOf = (name: string, params: object) => {
        const id = bus.messageId();
        return { id, name, body: JSON.stringify({ id, name, ctx, params }) };
      };
      const work = parcelOf('work', { item: 9 });
      for (const parcel of [work, work, parcelOf('work', { item: 10 })]) await bus.cast(any, parcel);
      const number = parcelOf('number', {});
      const first = await bus.call(any, number, 5_000);
      expect(await bus.call(any, number, 5_000)).toBe(first);
      await eventually(() => expect(seen.toSorted()).toEqual(['a/10', 'a/9']));
      expect(runs).toBe(1);
    });

    test('a message or an answer beyond the limit is refused with its size', async () => {
      const rpc = someRpc();
      await service(rpc, 'h1', [], { echo: async () => 'x'.repeat(MAX_MESSAGE_BYTES) });
      const client = await clientFor(rpc);
      const tooLarge = { code: 'MessageTooLarge', kind: 'over-limit', params: { maxBytes: MAX_MESSAGE_BYTES } };
      await expect(client.echo(ctx, { value: 'x'.repeat(MAX_MESSAGE_BYTES) })).rejects.toMatchObject(tooLarge);
      await expect(client.echo(ctx, { value: 'small' })).rejects.toMatchObject(tooLarge);
    });

    test('closing a serving lets the running handler answer and leaves the rest to others', async () => {
      const rpc = someRpc();
      const { promise: released, resolve: release } = Promise.withResolvers<number>();
      const started: string[] = [];
      const { serving } = await service(rpc, 'a', [], { number: () => (started.push('number'), released) });
      const client = await clientFor(rpc);
      const answer = client.number(ctx, {});
      await eventually(() => expect(started).toHaveLength(1));
      const closing = serving.close();
      await client.work(ctx, { item: 1 });
      release(3);
      await closing;
      await expect(answer).resolves.toBe(3);
      const seen: string[] = [];
      await service(rpc, 'b', seen);
      await client.work(ctx, { item: 2 });
      // What was taken in the moment of closing may have been handled by the first one.
      await eventually(() => expect(seen).toContain('b/2'));
    });

    test('each handled message is one traced hop, and the handler gets the context of the hop', async () => {
      const rpc = someRpc();
      const hops: unknown[] = [];
      const bus = await connect();
      const spans: unknown[] = [];
      await serve(bus, rpc, recorder([], 'a', { nothing: async (inner) => void spans.push(inner.spanId) }), {
        host: 'a',
        log: silentLog,
        trace: {
          around: (hop, run) => {
            hops.push(hop);
            return run({ ...hop.ctx, spanId: 'span-2' });
          },
        },
      });
      await clientOf(rpc, bus).nothing(ctx, {});
      expect(hops).toEqual([{ service: rpc.topic, what: 'nothing', ctx }]);
      expect(spans).toEqual(['span-2']);
    });

    test('a closed bus says so', async () => {
      const bus = await world.connect();
      expect(bus.healthy()).toBe(true);
      await bus.close();
      expect([bus.healthy(), bus.reasons()]).toEqual([false, ['the bus is closed']]);
      await expect(clientOf(someRpc(), bus).work(ctx, { item: 1 })).rejects.toMatchObject({
        code: 'MessagingUnavailable',
        kind: 'unavailable',
      });
    });
  });
}
