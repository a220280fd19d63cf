import { expect, test } from 'vitest';
import type { Hop } from './hop.ts';
import { renderWalk, walkOf } from './walk.ts';

const hop = (spanId: string, parentSpanId: string | undefined, startMs: number, rest: Partial<Hop> = {}): Hop => ({
  requestId: 'req-1',
  spanId,
  parentSpanId,
  service: 'api',
  what: spanId,
  host: 'node-1',
  startedAt: new Date(1_000_000 + startMs),
  durationMs: 10,
  outcome: 'ok',
  ...rest,
});

test('hops stand below what caused them, in the order of time', () => {
  const walk = walkOf([hop('c', 'a', 7), hop('b', 'a', 3), hop('a', undefined, 0), hop('d', 'b', 5)]);
  expect(walk).toMatchObject([
    { hop: { spanId: 'a' }, caused: [{ hop: { spanId: 'b' }, offsetMs: 3, caused: [{ hop: { spanId: 'd' } }] }, { hop: { spanId: 'c' } }] },
  ]);
});

test('a hop whose cause is missing stands at the top', () => {
  expect(walkOf([hop('a', undefined, 0), hop('b', 'gone', 4)]).map((node) => node.hop.spanId)).toEqual(['a', 'b']);
  expect(walkOf([])).toEqual([]);
});

test('the walk reads as lines with start, duration, place and outcome', () => {
  const hops = [
    hop('POST /servers', undefined, 0, { durationMs: 120 }),
    hop('boot', 'POST /servers', 5, { service: 'conductor', durationMs: 80.26, outcome: 'NoValidHost', host: 'node-2' }),
  ];
  expect(renderWalk(walkOf(hops))).toBe(
    ['     +0     120.0 ms  api: POST /servers  ok  node-1\n', '     +5      80.3 ms    conductor: boot   NoValidHost  node-2\n'].join(''),
  );
});
