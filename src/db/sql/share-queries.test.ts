import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import type { Queries } from './queries.ts';
import { shared } from './share-queries.ts';

let database: TestDatabase;
/** Every query that was sent, by its question. */
let asked: string[];
/** Queries wait for this before they are sent. */
let gate: Promise<unknown>;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => {
  asked = [];
  gate = Promise.resolve();
});

const upper = shared(
  (text: string) => text,
  async (db: Queries, text: string) => {
    asked.push(text);
    await gate;
    const { rows } = await sql<{ text: string }>`SELECT upper(${text}) AS text, 1 / ${text === 'wrong' ? 0 : 1}`.execute(db);
    return rows[0]?.text;
  },
);

test('equal questions share a query that begins after all of them', async () => {
  expect(await Promise.all(['a', 'a', 'a'].map((text) => upper(database.db, text)))).toEqual(['A', 'A', 'A']);
  expect(asked).toEqual(['a', 'a']);
  expect(await upper(database.db, 'a')).toBe('A');
  expect(asked).toEqual(['a', 'a', 'a']);
});

test('a question does not wait for another one', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  gate = promise;
  const slow = upper(database.db, 'slow');
  gate = Promise.resolve();
  expect(await upper(database.db, 'quick')).toBe('QUICK');
  resolve();
  expect(await slow).toBe('SLOW');
});

test('a query that fails rejects those who share it, and the next one is sent', async () => {
  const answers = await Promise.allSettled(['wrong', 'wrong', 'right'].map((text) => upper(database.db, text)));
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect(asked).toEqual(['wrong', 'right', 'wrong']);
});

test('inside a transaction nothing is shared', async () => {
  await database.db.transaction().execute((trx) => Promise.all(['t', 't'].map((text) => upper(trx, text))));
  expect(asked).toEqual(['t', 't']);
});
