import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import type { Hop } from '../../../lib/trace/hop.ts';
import { forgetHops, hopSink, keptSince, readHops } from './request-story.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const hop = (requestId: string, spanId: string, startMs: number): Hop => ({
  requestId,
  spanId,
  parentSpanId: spanId === 'a' ? undefined : 'a',
  service: 'conductor',
  what: 'boot',
  host: 'node-1',
  startedAt: new Date(Date.UTC(2026, 0, 1) + startMs),
  durationMs: 12.5,
  outcome: 'ok',
});

test('the hops of a request are read as written, in order of time, each once', async () => {
  const sink = hopSink(database.db);
  await sink.write([hop('req-1', 'b', 5), hop('req-1', 'a', 0), hop('req-2', 'a', 0)]);
  await sink.write([hop('req-1', 'b', 5)]);
  await sink.write([]);
  expect(await readHops(database.db, 'req-1')).toEqual([hop('req-1', 'a', 0), hop('req-1', 'b', 5)]);
  expect(await readHops(database.db, 'req-none')).toEqual([]);
});

test('old traces are deleted, recent ones stay', async () => {
  const { now } = await database.db.selectNoFrom((db) => db.fn<Date>('now', []).as('now')).executeTakeFirstOrThrow();
  await hopSink(database.db).write([hop('req-3', 'a', 0)]);
  const before = await readHops(database.db, 'req-1');
  expect(await forgetHops(database.db, { before: new Date(now.getTime() - 60_000), limit: 10 })).toBe(0);
  expect(await readHops(database.db, 'req-1')).toHaveLength(before.length);
  const all = before.length + 2;
  expect(await keptSince(database.db, all)).toBeUndefined();
  expect(await keptSince(database.db, all - 1)).toBeInstanceOf(Date);
  const later = new Date(now.getTime() + 60_000);
  expect(await forgetHops(database.db, { before: later, limit: all - 1 })).toBe(all - 1);
  expect(await forgetHops(database.db, { before: later, limit: all })).toBe(1);
  expect(await readHops(database.db, 'req-3')).toEqual([]);
});
