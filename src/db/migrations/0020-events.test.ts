import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { migrate } from '../connect/migrate.ts';
import { findResult } from '../stores/cloud/change-results.ts';
import { readEvents } from '../stores/cloud/event-feed.ts';
import { FIRST_POSITION } from '../../objects/event-position.ts';
import { migrations } from './index.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await sql`DROP SCHEMA public CASCADE`.execute(database.db);
  await sql`CREATE SCHEMA public`.execute(database.db);
  await migrate(database.db, Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '0020')));
});
afterAll(() => database?.drop());

const told = async (requestId: string, ...types: readonly string[]) => {
  for (const type of types)
    await sql`INSERT INTO events (type, subject, request_id, payload) VALUES (${type}, 's', ${requestId}, '{}')`.execute(database.db);
};

test('old events keep their order and get the new names', async () => {
  await told('req-1', 'server.create', 'server.active');
  await told('req-2', 'server.pause');
  // The delete superseded the pause, which then failed.
  await told('req-3', 'server.delete');
  await told('req-2', 'server.action-failed');
  await told('req-4', 'server.power-corrected', 'server.lock', 'flavor.create', 'server.error');
  await told('req-3', 'server.deleted');
  const before = await database.db.selectFrom('events').select('seq').orderBy('seq').execute();
  await sql`
    INSERT INTO idempotency_keys (project_id, key, fingerprint, request_id, reserved_until) VALUES ('p', 'k', 'f', 'req-1', now())`.execute(
    database.db,
  );

  await migrate(database.db);
  const read = async () => (await readEvents(database.db, FIRST_POSITION, 100)).events;
  // Open transactions of other tests, in other databases of the same server, delay the feed.
  await expect.poll(async () => (await read()).length, { timeout: 15_000 }).toBe(10);
  const events = await read();
  expect(events.map(({ sequence }) => sequence)).toEqual(before.map(({ seq }) => seq));
  expect(events.map(({ type }) => type)).toEqual([
    'server.create.start',
    'server.create.end',
    'server.pause.start',
    'server.delete.start',
    'server.pause.error',
    'server.correctPower',
    'server.lock',
    'flavor.create',
    // What it ended is unknown by now.
    'server.error',
    'server.delete.end',
  ]);
  // A boot whose answer was lost during the upgrade is not repeated.
  expect(await findResult(database.db, { requestId: 'req-1', what: 'server.create' })).toEqual({ result: ['s'] });
});
