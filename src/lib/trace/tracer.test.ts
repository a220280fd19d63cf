import { expect, test } from 'vitest';
import { seededIds } from '../clock/ids.ts';
import { ManualClock } from '../clock/manual-clock.ts';
import { type Context, serviceContext } from '../context/context.ts';
import { errorType } from '../errors/error-type.ts';
import { silentLog } from '../log/log.ts';
import type { Hop } from './hop.ts';
import { Tracer } from './tracer.ts';

const Broken = errorType('Broken', 'internal', () => 'Broken.');

const setUp = (options: { fails?: boolean; batchSize?: number; maxBuffered?: number } = {}) => {
  const clock = new ManualClock();
  const batches: Hop[][] = [];
  const sink = {
    write: async (hops: readonly Hop[]) => {
      if (options.fails) throw new Error('the database is away');
      batches.push([...hops]);
    },
  };
  const { fails: _, ...limits } = options;
  const tracer = new Tracer({ sink, clock, ids: seededIds(), log: silentLog, host: 'node-1', ...limits });
  const hop = (what: string, run: (ctx: Context) => Promise<unknown> = async () => 1, ctx = serviceContext('req-1')) =>
    tracer.around({ service: 'compute', what, ctx }, run);
  return { clock, tracer, batches, hop };
};

test('a hop keeps its request, place, start, duration and outcome', async () => {
  const { clock, tracer, batches, hop } = setUp();
  expect(await hop('boot', async () => (await clock.advance(250), 'booted'))).toBe('booted');
  await tracer.close();
  expect(batches).toMatchObject([
    [{ requestId: 'req-1', parentSpanId: undefined, service: 'compute', what: 'boot', host: 'node-1', durationMs: 250, outcome: 'ok' }],
  ]);
});

test('a hop inside another links to it, also when its context travelled as JSON', async () => {
  const { tracer, batches, hop } = setUp();
  await hop('outer', async (ctx) => {
    const travelled: Context = JSON.parse(JSON.stringify(ctx));
    await hop('inner', async () => 1, travelled);
  });
  await tracer.close();
  const [inner, outer] = batches.flat();
  expect(outer?.what).toBe('outer');
  expect(inner?.parentSpanId).toBe(outer?.spanId);
});

test('a failure passes through unchanged and its code is the outcome', async () => {
  const { tracer, batches, hop } = setUp();
  await expect(hop('a', () => Promise.reject(Broken({})))).rejects.toThrow('Broken.');
  await expect(hop('b', () => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError);
  await tracer.close();
  expect(batches.flat().map((each) => each.outcome)).toEqual(['Broken', 'TypeError']);
});

test('hops wait a little for company, then go out together', async () => {
  const { clock, batches, hop } = setUp();
  await hop('a');
  await hop('b');
  expect(batches).toEqual([]);
  await clock.advance(200);
  expect(batches.map((batch) => batch.length)).toEqual([2]);
  await hop('c');
  await clock.advance(200);
  expect(batches.map((batch) => batch.length)).toEqual([2, 1]);
});

test('a full batch does not wait', async () => {
  const { clock, tracer, batches, hop } = setUp({ batchSize: 2 });
  const lengths = () => batches.map((batch) => batch.length);
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((what) => hop(what)));
  await expect.poll(lengths).toEqual([2, 2]);
  // What is left is no full batch.
  await clock.advance(100);
  expect(lengths()).toEqual([2, 2]);
  await clock.advance(100);
  expect(lengths()).toEqual([2, 2, 1]);
  await hop('late');
  await tracer.close();
  await hop('after closing');
  await expect.poll(() => batches.flat().length).toBe(7);
});

test('a failing sink fails no request; what is lost is counted', async () => {
  const { tracer, hop } = setUp({ fails: true });
  expect(await hop('a')).toBe(1);
  await tracer.close();
  expect(tracer.dropped).toBe(1);
});

test('a full buffer drops and counts instead of growing', async () => {
  const { tracer, batches, hop } = setUp({ maxBuffered: 2 });
  for (const what of ['a', 'b', 'c']) await hop(what);
  await tracer.close();
  expect(tracer.dropped).toBe(1);
  expect(batches.flat()).toHaveLength(2);
});
