import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { migrate } from './migrate.ts';
import type { Migration } from '../migrations/index.ts';
import { transaction } from '../sql/retry.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a test database has the whole schema already', async () => {
  expect(await migrate(database.db)).toEqual([]);
});

test('columns arrive as numbers and dates', async () => {
  const { rows } = await database.pool.query(
    `select 7::int8 as big, 1.5::numeric as exact, timestamptz '2026-01-01Z' as at, date '2026-01-02' as day`,
  );
  expect(rows).toEqual([{ big: 7, exact: 1.5, at: new Date('2026-01-01'), day: '2026-01-02' }]);
  await expect(database.pool.query('select 9007199254740993::int8')).rejects.toThrow('too large to be exact');
});

test.each([
  ['UTC', '2026-11-22 06:47:57.123456Z', '2026-11-22T06:47:57.123Z'],
  ['UTC', '2026-11-22 06:47:57Z', '2026-11-22T06:47:57.000Z'],
  ['Asia/Kolkata', '2026-11-22 06:47:57.9Z', '2026-11-22T06:47:57.900Z'],
  ['America/New_York', '0099-01-01 00:00:00Z', '0099-01-01T00:00:00.000Z'],
])('a time is the same instant for a session in %s: %s', async (zone, text, iso) => {
  const client = await database.pool.connect();
  onTestFinished(() => client.release());
  await client.query(`set timezone = '${zone}'`);
  const { rows } = await client.query('select $1::timestamptz as at', [text]);
  await client.query('reset timezone');
  expect(rows).toEqual([{ at: new Date(iso) }]);
});

describe('transactions', () => {
  test('two that deadlock both succeed', async () => {
    await database.pool.query('create table seats (id int primary key, taken int not null); insert into seats values (1, 0), (2, 0)');
    let waiting = 0;
    const { promise: bothHold, resolve } = Promise.withResolvers<void>();
    const take = (first: number, second: number) =>
      transaction(database.db, async (trx) => {
        await sql`update seats set taken = taken + 1 where id = ${first}`.execute(trx);
        if (++waiting === 2) resolve();
        await bothHold;
        await sql`update seats set taken = taken + 1 where id = ${second}`.execute(trx);
      });
    await Promise.all([take(1, 2), take(2, 1)]);
    const { rows } = await database.pool.query('select sum(taken)::int as taken from seats');
    expect(rows).toEqual([{ taken: 4 }]);
  });

  test('any other error is thrown without a retry', async () => {
    let tries = 0;
    const failing = transaction(database.db, async (trx) => {
      tries++;
      await sql`select * from nowhere`.execute(trx);
    });
    await expect(failing).rejects.toThrow('nowhere');
    expect(tries).toBe(1);
  });
});

describe('migrations', () => {
  const steps: Record<string, Migration> = {
    '0001-one': { up: async (db) => void (await sql`create table one (id int)`.execute(db)) },
    '0002-two': { up: async (db) => void (await sql`create table two (id int)`.execute(db)) },
  };

  test('run once, however many programs start at the same time', async () => {
    const fresh = await createTestDatabase();
    await sql`drop table if exists kysely_migration, kysely_migration_lock`.execute(fresh.db);
    const ran = await Promise.all([migrate(fresh.db, steps), migrate(fresh.db, steps), migrate(fresh.db, steps)]);
    expect(ran.flat().sort()).toEqual(['0001-one', '0002-two']);
    await fresh.drop();
  });

  test('leave nothing behind when one fails', async () => {
    const fresh = await createTestDatabase();
    await sql`drop table if exists kysely_migration, kysely_migration_lock`.execute(fresh.db);
    const broken = { ...steps, '0003-broken': { up: async () => Promise.reject(new Error('no such thing')) } };
    await expect(migrate(fresh.db, broken)).rejects.toThrow('step 0003-broken failed (no such thing)');
    const { rows } = await fresh.pool.query(`select to_regclass('one') as one`);
    expect(rows).toEqual([{ one: null }]);
    await fresh.drop();
  });

  test('refuse a database from a newer program', async () => {
    const fresh = await createTestDatabase();
    await sql`drop table if exists kysely_migration, kysely_migration_lock`.execute(fresh.db);
    await migrate(fresh.db, steps);
    await expect(migrate(fresh.db, { '0001-one': steps['0001-one']! })).rejects.toThrow('its history is not that of this program');
    await fresh.drop();
  });
});
