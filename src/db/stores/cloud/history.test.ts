import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { sampleServer } from '../../../../test/support/sample-server.ts';
import { insertServer } from '../../../../test/support/insert-server.ts';
import { appendEvents } from './events.ts';
import { archiveServers } from '../servers/archive.ts';
import { forgetOldWork } from './idempotency-keys.ts';
import { forgetDecisions, forgetEvents, forgetImages, forgetServers } from './history.ts';
import { serviceContext } from '../../../lib/context/context.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());
beforeEach(async () => {
  await sql`TRUNCATE servers, events, instance_actions, instance_action_events, scheduling_decisions, images CASCADE`.execute(database.db);
});

const old = new Date('2026-01-01T00:00:00Z');
const before = new Date('2026-02-01T00:00:00Z');
const young = new Date('2026-03-01T00:00:00Z');
const some = { before, limit: 10 };

/** A server with a history; deleted at a time, or existing. */
async function server(endedAt: Date | null): Promise<string> {
  const { db } = database;
  return await db.transaction().execute(async (trx) => {
    const { id } = await insertServer(trx, sampleServer(), 'w-1');
    const state = endedAt ? 'deleted' : 'active';
    await sql`UPDATE servers SET vm_state = ${state}, task_state = NULL, workflow_id = NULL, terminated_at = ${endedAt} WHERE id = ${id}`.execute(
      trx,
    );
    const types = ['server.create.start', 'server.reboot.start', ...(endedAt ? ['server.delete.end'] : [])];
    await appendEvents(
      trx,
      serviceContext(`req-${id}`),
      types.map((type) => ({ type, subject: id, projectId: null, payload: {} })),
    );
    await sql`UPDATE events SET at = ${old}`.execute(trx);
    await sql`INSERT INTO instance_actions (server_id, action, request_id) VALUES (${id}, 'create', 'r')`.execute(trx);
    await sql`
      INSERT INTO instance_action_events (server_id, request_id, workflow_id, step, event) VALUES (${id}, 'r', ${id}, 's', 'e')`.execute(
      trx,
    );
    await sql`
      INSERT INTO scheduling_decisions (id, server_id, request_id, alternates, refusals, weights, at)
      VALUES (gen_random_uuid(), ${id}, 'r', '[]', '[]', '[]', ${old})`.execute(trx);
    return id;
  });
}

async function countsOf(id: string): Promise<Record<string, number>> {
  const count = async (table: string, column: string) => {
    const { rows } = await sql<{ n: number }>`
      SELECT count(*)::int AS n FROM ${sql.table(table)} WHERE ${sql.ref(column)}::text = ${id}`.execute(database.db);
    return rows[0]?.n ?? 0;
  };
  return {
    servers: await count('servers', 'id'),
    events: await count('events', 'subject'),
    actions: await count('instance_actions', 'server_id'),
    steps: await count('instance_action_events', 'server_id'),
    decisions: await count('scheduling_decisions', 'server_id'),
  };
}

test('servers deleted long ago are removed with their history; others stay', async () => {
  const [gone, lately, there] = [await server(old), await server(young), await server(null)];
  expect(await forgetServers(database.db, some)).toBe(1);
  expect(await countsOf(gone)).toEqual({ servers: 0, events: 0, actions: 0, steps: 0, decisions: 0 });
  expect(await countsOf(lately)).toEqual({ servers: 1, events: 3, actions: 1, steps: 1, decisions: 1 });
  expect(await countsOf(there)).toEqual({ servers: 1, events: 2, actions: 1, steps: 1, decisions: 1 });
});

test('a server that a workflow still holds is not removed', async () => {
  const id = await server(old);
  await sql`UPDATE servers SET task_state = 'deleting', workflow_id = 'w-2' WHERE id = ${id}`.execute(database.db);
  expect(await forgetServers(database.db, some)).toBe(0);
});

test('one call removes at most `limit` servers', async () => {
  for (let n = 0; n < 3; n += 1) await server(old);
  const two = { before, limit: 2 };
  expect([await forgetServers(database.db, two), await forgetServers(database.db, two)]).toEqual([2, 1]);
});

test('old events of an existing server are deleted, except its first; so are old decisions', async () => {
  const id = await server(null);
  expect(await forgetEvents(database.db, some)).toBe(1);
  expect(await forgetDecisions(database.db, some)).toBe(1);
  expect(await countsOf(id)).toMatchObject({ events: 1, decisions: 0 });
  expect([await forgetEvents(database.db, some), await forgetDecisions(database.db, some)]).toEqual([0, 0]);
});

test('the first event of a server whose record is archived is deleted when it is old', async () => {
  const id = await server(old);
  await archiveServers(database.db, { before, maxRows: 10 });
  expect(await countsOf(id)).toMatchObject({ servers: 0, events: 3 });
  expect(await forgetEvents(database.db, some)).toBe(3);
});

test('the results of a request are deleted after its idempotency key', async () => {
  const { db } = database;
  const keep = (requestId: string, age: string) =>
    sql`INSERT INTO change_results (request_id, what, at) VALUES (${requestId}, 'w', now() - ${age}::interval)`.execute(db);
  await keep('req-old', '26 hours');
  await keep('req-young', '24 hours');
  await forgetOldWork(db);
  expect(await db.selectFrom('change_results').select('request_id').execute()).toEqual([{ request_id: 'req-young' }]);
});

test('images deleted long ago are removed with their members', async () => {
  const { db } = database;
  for (const deletedAt of [old, young]) {
    await sql`
      WITH made AS (
        INSERT INTO images (id, owner, visibility, status, protected, hidden, min_disk_gb, min_ram_mb, tags, properties, deleted_at)
        VALUES (gen_random_uuid(), 'p', 'private', 'deleted', false, false, 0, 0, '[]', '{}', ${deletedAt}) RETURNING id)
      INSERT INTO image_members (image_id, member, status) SELECT id, 'p', 'pending' FROM made`.execute(db);
  }
  expect(await forgetImages(db, some)).toBe(1);
  expect(await db.selectFrom('images').selectAll().execute()).toHaveLength(1);
});
