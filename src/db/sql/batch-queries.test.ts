import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import type { Queries } from './queries.ts';
import { batched } from './batch-queries.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Every query that was sent, as the numbers in it. */
let asked: (readonly number[])[];
beforeEach(() => {
  asked = [];
});

const double = batched(String, async (db: Queries, numbers: readonly number[]) => {
  asked.push(numbers);
  const { rows } = await sql<{
    n: number;
  }>`select 2 * n as n from unnest(${[...numbers]}::int[]) with ordinality as q(n, at) order by at`.execute(db);
  return rows.map(({ n }) => n);
});

test('what is asked while a query runs is batched into the next one, and each gets its own answer', async () => {
  const numbers = [1, 2, 3, 4, 5];
  expect(await Promise.all(numbers.map((n) => double(database.db, n)))).toEqual([2, 4, 6, 8, 10]);
  expect(asked).toEqual([[1], [2, 3, 4, 5]]);
});

test('equal questions are asked once, but never answered by a query that was sent before them', async () => {
  expect(await Promise.all([7, 7, 7].map((n) => double(database.db, n)))).toEqual([14, 14, 14]);
  expect(asked).toEqual([[7], [7]]);
});

test('inside a transaction nothing is batched, and each query sees what the transaction did', async () => {
  const answers = await database.db.transaction().execute((trx) => Promise.all([1, 2].map((n) => double(trx, n))));
  expect(answers).toEqual([2, 4]);
  expect(asked).toEqual([[1], [2]]);
});

test('a failed query rejects all its questions, and the next one is sent again', async () => {
  const failing = [1, 2 ** 40, 3].map((n) => double(database.db, n));
  expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await double(database.db, 4)).toBe(8);
});

test('many questions are split into batches of a bounded size', async () => {
  const numbers = Array.from({ length: 501 }, (_, n) => n);
  expect(await Promise.all(numbers.map((n) => double(database.db, n)))).toEqual(numbers.map((n) => 2 * n));
  expect(asked.map((batch) => batch.length)).toEqual([1, 200, 200, 100]);
});
