// The connections of a program are divided among the projects that it works for.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { onBehalfOf } from '../../lib/context/on-behalf.ts';
import { silentLog } from '../../lib/log/log.ts';
import { batched } from '../sql/batch-queries.ts';
import type { Queries } from '../sql/queries.ts';
import { openDatabase } from './open.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const open = async (poolSize: number) => {
  const opened = await openDatabase({ url: database.url, poolSize, log: silentLog, applicationName: 'fair-test' });
  onTestFinished(() => opened.close());
  return opened;
};

const slow = (db: Queries) => sql`select pg_sleep(0.05)`.execute(db);

const double = batched(String, async (db: Queries, numbers: readonly number[]) => {
  await slow(db);
  return numbers.map((n) => 2 * n);
});

// Fault 2026-11 B5.
test('a query of one project comes next, however many of another wait, and so does a batch', async () => {
  const { db, waiting } = await open(1);
  const ended: string[] = [];
  const flood = Array.from({ length: 20 }, () => onBehalfOf('a', () => slow(db)).then(() => ended.push('a')));
  await expect.poll(waiting).toBe(19);
  const one = onBehalfOf('b', () => slow(db)).then(() => ended.push('b'));
  const batch = onBehalfOf('a', () => double(db, 4)).then(() => ended.push('batch'));
  await Promise.all([...flood, one, batch]);
  expect(ended).toHaveLength(22);
  // One of the flood runs, and one more has its turn first.
  expect(ended.indexOf('b')).toBeLessThanOrEqual(3);
  expect(ended.indexOf('batch')).toBeLessThanOrEqual(4);
});
