import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { insertServer } from '../../../test/support/insert-server.ts';
import { sampleServer } from '../../../test/support/sample-server.ts';
import { verifyBooks } from '../../books/verify.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { archive, type Archiving, purge } from './archive.ts';

let database: TestDatabase;
const lines: string[] = [];
const print = (line: string): void => void lines.push(line);
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());
beforeEach(async () => {
  lines.length = 0;
  await sql`TRUNCATE servers, events, archived_rows CASCADE`.execute(database.db);
});

async function deletedServers(count: number): Promise<void> {
  for (let number = 0; number < count; number += 1)
    await database.db.transaction().execute(async (trx) => {
      const { id } = await insertServer(trx, sampleServer(), 'w-1');
      await sql`UPDATE servers SET vm_state = 'deleted', task_state = NULL, workflow_id = NULL, terminated_at = '2026-01-02' WHERE id = ${id}`.execute(
        trx,
      );
      const told = (type: string) =>
        sql`INSERT INTO events (type, subject, request_id, payload) VALUES (${type}, ${id}, 'r', '{}')`.execute(trx);
      await told('server.create.start');
      await told('server.delete.end');
    });
}
const left = async () => Number((await sql<{ n: number }>`SELECT count(*) AS n FROM servers`.execute(database.db)).rows[0]?.n);
const run = (asked: Partial<Archiving>) =>
  archive({ db: database.db, clock: systemClock, print }, { maxRows: '1000', sleep: '0', ...asked });

test('the exit status is that of Nova: 1 after rows were archived, 0 when there are none', async () => {
  await deletedServers(3);
  expect([await run({}), await run({})]).toEqual([1, 0]);
  expect([await purge({ db: database.db, print }, { all: true }), await purge({ db: database.db, print }, { all: true })]).toEqual([0, 3]);
});

test('mistakes have statuses of their own', async () => {
  expect([await run({ maxRows: '0' }), await run({ maxRows: '2147483648' }), await run({ before: 'yesterday' })]).toEqual([2, 2, 4]);
  expect([await run({ sleep: 'x' }), await run({ sleep: '-1' })]).toEqual([2, 2]);
  expect([await purge({ db: database.db, print }, {}), await purge({ db: database.db, print }, { before: 'x' })]).toEqual([1, 2]);
  expect(lines).toContain('Invalid value for --before: yesterday');
});

test('a dry run tells what would be archived, and changes nothing', async () => {
  await deletedServers(2);
  expect(await run({ dryRun: true })).toBe(0);
  expect(lines.join('\n')).toContain('| servers | 2                           |');
  expect(await left()).toBe(2);
});

test('one run archives as many rows as asked for, and until complete all; the books stay clean', async () => {
  await deletedServers(5);
  const { isClean } = await verify();
  expect(isClean).toBe(true);
  await run({ maxRows: '2' });
  expect(await left()).toBe(3);
  expect(await run({ maxRows: '1', untilComplete: true, verbose: true })).toBe(1);
  expect(await left()).toBe(0);
  expect(lines.join('\n')).toContain('| servers | 3                       |');
  expect((await verify()).isClean).toBe(true);
});

test('the last of several batches is only as large as what is left to archive', async () => {
  await deletedServers(4);
  // Two servers fill the first batch, which has 10,000 rows at most.
  await sql`
    INSERT INTO instance_actions (server_id, action, request_id)
    SELECT id, 'reboot', 'r-' || number FROM (SELECT id FROM servers ORDER BY terminated_at, id LIMIT 2) AS first, generate_series(1, 4999) AS number`.execute(
    database.db,
  );
  await run({ maxRows: '10001' });
  expect(await left()).toBe(1);
});

test('archived rows are purged in the same run if asked', async () => {
  await deletedServers(2);
  await run({ before: '2026-02-01', purge: true });
  expect(await purge({ db: database.db, print }, { all: true })).toBe(3);
  expect(await left()).toBe(0);
});

const verify = () =>
  verifyBooks({ db: database.db, clock: systemClock, surroundings: async () => ({ invariants: [], notChecked: [], silent: [] }) });
