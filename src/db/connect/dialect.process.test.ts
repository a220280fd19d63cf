import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DebianPostgres, debianPostgres, debianPostgresBin } from '../../../test/support/debian-postgres.ts';
import { silentLog } from '../../lib/log/log.ts';
import { type OpenDatabase, openDatabase } from './open.ts';
import { transaction } from '../sql/retry.ts';

const bin = await debianPostgresBin();
if (bin === undefined) process.stderr.write('skipped: prepared statements on an external PostgreSQL (install the package postgresql)\n');

type Tables = Record<'pets', { id: number; name: string }>;

const settings = (trx: Kysely<Tables>) =>
  sql`select current_setting('transaction_isolation') as level, current_setting('transaction_read_only') as mode`.execute(trx);

describe.skipIf(bin === undefined && process.env['CI'] !== 'true')('a connection', () => {
  let server: DebianPostgres;
  let open: OpenDatabase;
  let db: Kysely<Tables>;
  beforeAll(async () => {
    server = await debianPostgres(bin ?? '/usr/lib/postgresql');
    await server.start();
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    // A single connection: pg_prepared_statements shows only those of its own session.
    open = await openDatabase({ url: server.url, poolSize: 1, log: silentLog, applicationName: 'dialect-test' });
    db = open.db.withTables<Tables>();
    await sql`drop table if exists pets`.execute(db);
    await sql`create table pets (id int primary key, name text)`.execute(db);
    await db.insertInto('pets').values({ id: 1, name: 'Rex' }).execute();
    return () => open.close();
  });

  const pet = (id: number, at: Kysely<Tables> = db) => at.selectFrom('pets').selectAll().where('id', '=', id).execute();
  const prepared = async () =>
    (await open.pool.query<{ statement: string }>('select statement from pg_prepared_statements')).rows.map(({ statement }) => statement);

  test('plans a statement once, whatever its parameters', async () => {
    expect(await pet(1)).toEqual([{ id: 1, name: 'Rex' }]);
    expect(await pet(2)).toEqual([]);
    expect((await prepared()).filter((text) => text.startsWith('select'))).toEqual(['select * from "pets" where "id" = $1']);
  });

  test('does not cache a plan for every length of a list', async () => {
    const ids = Array.from({ length: 100 }, (_, id) => id);
    expect(await db.selectFrom('pets').selectAll().where('id', 'in', ids).execute()).toHaveLength(1);
    expect((await prepared()).filter((text) => text.includes(' in '))).toEqual([]);
  });

  test('survives a change of the columns of a prepared statement', async () => {
    await pet(1);
    await sql`alter table pets add column legs int default 4`.execute(db);
    expect(await pet(1)).toEqual([{ id: 1, name: 'Rex', legs: 4 }]);
    await sql`alter table pets add column tails int default 1`.execute(db);
    expect(await transaction(db, (trx) => pet(1, trx))).toEqual([{ id: 1, name: 'Rex', legs: 4, tails: 1 }]);
  });

  test('returns how many rows it changed', async () => {
    const { numUpdatedRows } = await db.updateTable('pets').set({ name: 'Max' }).where('id', '=', 1).executeTakeFirstOrThrow();
    expect(numUpdatedRows).toBe(1n);
    const { numDeletedRows } = await db.deleteFrom('pets').where('id', '=', 9).executeTakeFirstOrThrow();
    expect(numDeletedRows).toBe(0n);
  });

  test('rolls back a failed transaction, and can run the next', async () => {
    const failing = transaction(db, async (trx) => {
      await trx.insertInto('pets').values({ id: 2, name: 'Mia' }).execute();
      await trx.insertInto('pets').values({ id: 1, name: 'Rex' }).execute();
    });
    await expect(failing).rejects.toThrow('duplicate key');
    expect(await pet(2)).toEqual([]);
  });

  test.each(['repeatable read', 'serializable'] as const)('begins a transaction as %s when asked', async (isolation) => {
    const { rows } = await transaction(db, settings, { isolation, accessMode: 'read only' });
    expect(rows).toEqual([{ level: isolation, mode: 'on' }]);
  });
});
