/** Which volumes servers list. */
import { type CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { insertServer } from '../../../../test/support/insert-server.ts';
import { sampleServer } from '../../../../test/support/sample-server.ts';
import type { Database } from '../../schema/index.ts';
import type { InCell } from '../../sql/queries.ts';
import { isPromised } from './volumes.ts';

const volumeId = '5e0e0000-0000-4000-8000-00000000001a';
const listed = { id: 'i', volumeId, attachmentId: 'a', device: '/dev/vda', tag: null, isDeletedWithServer: false };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
});

test('a volume is promised while a server lists it that is not deleted, which an index tells', async () => {
  const { db } = database;
  const asked = () => db.transaction().execute((trx) => isPromised(trx, volumeId));
  await db.transaction().execute((trx) => insertServer(trx, sampleServer({}), 'w-1'));
  expect(await asked()).toBe(false);
  await db
    .updateTable('servers')
    .set({ volumes: JSON.stringify([listed]) })
    .execute();
  expect(await asked()).toBe(true);
  expect(await planOfPromised()).toContain('servers_by_volume');
  await db.updateTable('servers').set({ vm_state: 'deleted' }).execute();
  expect(await asked()).toBe(false);
});

/** The database's plan, if there were many servers. */
async function planOfPromised(): Promise<string> {
  const sent: CompiledQuery[] = [];
  const log = ({ query }: { query: CompiledQuery }) => void sent.push(query);
  // Seam: a separate handle, to record the statements.
  const recorded = new Kysely<Database>({ dialect: new PostgresDialect({ pool: database.pool }), log });
  await recorded.transaction().execute((trx) => isPromised(trx as unknown as InCell, volumeId));
  const asked = sent.find(({ sql }) => sql.includes('from "servers"'));
  const client = await database.pool.connect();
  try {
    await client.query('SET enable_seqscan = off; SET enable_indexscan = off');
    const { rows } = await client.query(`EXPLAIN ${asked?.sql}`, [...(asked?.parameters ?? [])]);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    await client.query('RESET ALL');
    client.release();
  }
}
