import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { insertServer } from '../../../../test/support/insert-server.ts';
import { sampleFlavor, sampleServer } from '../../../../test/support/sample-server.ts';
import { forgetServers } from '../cloud/history.ts';
import { archiveServers, countArchivable, purgeArchive } from './archive.ts';
import { tablesOfServers } from './server-tables.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());
beforeEach(async () => {
  await sql`TRUNCATE servers, events, instance_actions, instance_action_events, scheduling_decisions, server_migrations, archived_rows,
    workflows CASCADE`.execute(database.db);
});

const day = (number: number) => new Date(Date.UTC(2026, 0, number));
/** Rows of one server: its own and one in each table. */
const ALL = 1 + tablesOfServers.length;

/** A server with a row in each table; deleted at a time, or existing. */
async function server(endedAt: Date | null): Promise<string> {
  return await database.db.transaction().execute(async (trx) => {
    const { id } = await insertServer(trx, sampleServer({ userData: 'aGk=' }), 'w-1');
    await sql`UPDATE servers SET vm_state = ${endedAt ? 'deleted' : 'active'}, task_state = NULL, workflow_id = NULL, terminated_at = ${endedAt}
      WHERE id = ${id}`.execute(trx);
    await sql`INSERT INTO instance_actions (server_id, action, request_id) VALUES (${id}, 'create', 'r')`.execute(trx);
    await sql`INSERT INTO instance_action_events (server_id, request_id, workflow_id, step, event) VALUES (${id}, 'r', ${id}, 's', 'e')`.execute(
      trx,
    );
    await sql`INSERT INTO scheduling_decisions (id, server_id, request_id, alternates, refusals, weights)
      VALUES (gen_random_uuid(), ${id}, 'r', '[]', '[]', '[]')`.execute(trx);
    const flavor = JSON.stringify(sampleFlavor);
    await sql`INSERT INTO server_migrations (id, server_id, type, status, source_host, source_node, flavor_before, flavor_before_number,
        flavor_after, flavor_after_number, was_stopped)
      VALUES (gen_random_uuid(), ${id}, 'migration', 'confirmed', 'h', 'h', ${flavor}, 1, ${flavor}, 1, false)`.execute(trx);
    return id;
  });
}

const rowsOf = async (id: string): Promise<{ here: number; archived: number }> => {
  const { db } = database;
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM servers WHERE id = ${id}`.execute(db);
  let here = rows[0]?.n ?? 0;
  for (const table of tablesOfServers)
    here +=
      (await sql<{ n: number }>`SELECT count(*)::int AS n FROM ${sql.table(table)} WHERE server_id = ${id}`.execute(db)).rows[0]?.n ?? 0;
  const archived = await sql<{ n: number }>`SELECT count(*)::int AS n FROM archived_rows WHERE server_id = ${id}`.execute(db);
  return { here, archived: archived.rows[0]?.n ?? 0 };
};

test('a deleted server is archived whole; what exists, and what was deleted later, stays', async () => {
  const [gone, later, there] = [await server(day(1)), await server(day(9)), await server(null)];
  const counts = { servers: 1, ...Object.fromEntries(tablesOfServers.map((table) => [table, 1])) };
  expect(await countArchivable(database.db, day(5))).toEqual(counts);
  expect(await archiveServers(database.db, { before: day(5), maxRows: 1_000 })).toEqual(counts);
  expect(await rowsOf(gone)).toEqual({ here: 0, archived: ALL });
  expect([await rowsOf(later), await rowsOf(there)]).toEqual([
    { here: ALL, archived: 0 },
    { here: ALL, archived: 0 },
  ]);
  const { rows } = await sql<{ content: object }>`SELECT content FROM archived_rows WHERE source = 'servers'`.execute(database.db);
  expect(rows[0]?.content).toMatchObject({ id: gone, user_data: 'aGk=', vm_state: 'deleted' });
  expect(await archiveServers(database.db, { before: day(5), maxRows: 1_000 })).toEqual({});
});

test('a batch ends with the server that reaches its number of rows; the longest deleted come first', async () => {
  const [third, first, second] = [await server(day(3)), await server(day(1)), await server(day(2))];
  await archiveServers(database.db, { before: day(5), maxRows: ALL + 1 });
  expect([await rowsOf(first), await rowsOf(second), await rowsOf(third)].map(({ here }) => here)).toEqual([0, 0, ALL]);
  await archiveServers(database.db, { before: day(5), maxRows: 1 });
  expect(await rowsOf(third)).toEqual({ here: 0, archived: ALL });
});

test('a server that work is still queued for is not archived', async () => {
  const id = await server(day(1));
  await sql`INSERT INTO workflows (id, definition, subject, input, ctx) VALUES (gen_random_uuid(), 'd', ${id}, '{}', '{}')`.execute(
    database.db,
  );
  expect(await archiveServers(database.db, { before: day(5), maxRows: 10 })).toEqual({});
  expect(await forgetServers(database.db, { before: day(5), limit: 10 })).toBe(0);
});

test('two at once archive each row once', async () => {
  for (let number = 0; number < 20; number += 1) await server(day(1));
  const both = await Promise.all([1, 2].map(() => archiveServers(database.db, { before: day(5), maxRows: 50 })));
  const { rows } = await sql<{ n: number; distinct: number }>`
    SELECT count(*)::int AS n, count(DISTINCT (source, server_id))::int AS distinct FROM archived_rows`.execute(database.db);
  expect(rows[0]?.n).toBe(rows[0]?.distinct);
  expect(both.reduce((sum, counts) => sum + (counts['servers'] ?? 0), 0) * ALL).toBe(rows[0]?.n);
});

test('what was archived is purged by the time of its deletion', async () => {
  const [early, late] = [await server(day(1)), await server(day(9))];
  await archiveServers(database.db, { before: day(20), maxRows: 1_000 });
  expect(await purgeArchive(database.db, { before: day(5), limit: 2 })).not.toEqual({});
  await purgeArchive(database.db, { before: day(5), limit: 100 });
  expect([await rowsOf(early), await rowsOf(late)].map(({ archived }) => archived)).toEqual([0, ALL]);
  await purgeArchive(database.db, { before: undefined, limit: 100 });
  expect(await rowsOf(late)).toEqual({ here: 0, archived: 0 });
});

test('every table with rows of servers is one of these, or has none of a deleted server', async () => {
  const { rows } = await sql<{ table: string }>`
    SELECT table_name AS table FROM information_schema.columns WHERE column_name = 'server_id' AND table_schema = 'public' ORDER BY 1`.execute(
    database.db,
  );
  // A deleted server has none of the first; the network and the volume service forget servers themselves.
  const ofLiving = ['placements', 'server_group_members', 'console_tokens', 'console_recordings'];
  const others = [...ofLiving, 'ports', 'server_networking', 'volume_attachments', 'archived_rows'];
  expect(rows.map(({ table }) => table).filter((table) => !others.includes(table))).toEqual([...tablesOfServers].sort());
});
