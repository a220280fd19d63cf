import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
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

/** Asks, and returns when the query was sent. */
async function sent(n: number): Promise<{ readonly answer: Promise<number> }> {
  const before = asked.length;
  const answer = double(database.db, n);
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(before), { interval: 0 });
  return { answer };
}

test('what is asked in one turn of the event loop is one query, and each gets its own answer', async () => {
  const numbers = [1, 2, 3, 4, 5];
  expect(await Promise.all(numbers.map((n) => double(database.db, n)))).toEqual([2, 4, 6, 8, 10]);
  expect(asked).toEqual([numbers]);
});

test('what is asked while a query runs is batched into the next one', async () => {
  const first = await sent(1);
  expect(await Promise.all([first.answer, ...[2, 3].map((n) => double(database.db, n))])).toEqual([2, 4, 6]);
  expect(asked).toEqual([[1], [2, 3]]);
});

test('equal questions are asked once, but never answered by a query that was sent before them', async () => {
  const first = await sent(7);
  expect(await Promise.all([first.answer, ...[7, 7].map((n) => double(database.db, n))])).toEqual([14, 14, 14]);
  expect(asked).toEqual([[7], [7]]);
});

const backend = async (db: Queries): Promise<readonly number[]> => {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid, pg_sleep(0.01)`.execute(db);
  return rows.map(({ pid }) => pid);
};

test('queries of several kinds that begin together share a connection, which is given back', async () => {
  const [one, other] = [batched(() => '', backend), batched(() => '', backend)];
  for (let round = 0; round < 50; round += 1) {
    const [first, second] = await Promise.all([one(database.db, 1), other(database.db, 1)]);
    expect(first).toBe(second);
  }
  const apart = await Promise.all([backend(database.db), backend(database.db)]);
  expect(new Set(apart.flat()).size).toBe(2);
});

test('work that goes on after the queries has connections of its own, and a shared one takes no transaction', async () => {
  let later: Promise<unknown> | undefined;
  const asks = batched(String, async (db: Queries, questions: readonly number[]) => {
    later = new Promise((resolve) => setTimeout(resolve, 20)).then(() => Promise.all([backend(db), backend(db)]));
    return questions;
  });
  expect(await asks(database.db, 1)).toBe(1);
  expect(new Set([(await later) as number[][]].flat(2)).size).toBe(2);
  const transacts = batched(String, async (db: Queries, questions: readonly number[]) => {
    await db.transaction().execute(() => Promise.resolve());
    return questions;
  });
  await expect(transacts(database.db, 1)).rejects.toThrow('A transaction needs a connection of its own.');
});

test('a connection is given back once, when the last statement has ended, also if another failed before', async () => {
  let slow: Promise<readonly number[]> | undefined;
  const asks = batched(String, async (db: Queries, questions: readonly number[]) => {
    const failing = sql`select 1 / ${0}::int`.execute(db);
    slow = sql<{ pid: number }>`select pg_backend_pid() as pid, pg_sleep(0.2)`.execute(db).then(({ rows }) => rows.map(({ pid }) => pid));
    await Promise.all([failing, slow]);
    return questions;
  });
  await expect(asks(database.db, 1)).rejects.toThrow('division by zero');
  const others = Promise.all(Array.from({ length: 3 }, () => backend(database.db)));
  expect((await others).flat()).not.toContain((await slow)?.[0]);
});

test('inside a transaction nothing is batched, and each query sees what the transaction did', async () => {
  const answers = await database.db.transaction().execute((trx) => Promise.all([1, 2].map((n) => double(trx, n))));
  expect(answers).toEqual([2, 4]);
  expect(asked).toEqual([[1], [2]]);
});

test('a failed query rejects all its questions, and the next one is sent again', async () => {
  const first = await sent(1);
  const failing = [2 ** 40, 3].map((n) => double(database.db, n));
  expect((await Promise.allSettled([first.answer, ...failing])).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await double(database.db, 4)).toBe(8);
});

test('many questions are split into batches of a bounded size', async () => {
  const numbers = Array.from({ length: 501 }, (_, n) => n);
  expect(await Promise.all(numbers.map((n) => double(database.db, n)))).toEqual(numbers.map((n) => 2 * n));
  expect(asked.map((batch) => batch.length)).toEqual([200, 200, 101]);
});
