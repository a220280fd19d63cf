import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { COMPUTE_CONTRACT } from '../../compute/rpcapi.ts';
import { checks } from './checks.ts';
import { renderChecks, runChecks, statusOf } from './upgrade-check.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const named = async (name: string) => (await runChecks(database.db)).find((found) => found.name === name);

/** Work that began so long ago, and is being undone. */
const unwinding = (subject: string, age: string) =>
  sql`INSERT INTO workflows (id, definition, subject, input, ctx, status, created_at)
    VALUES (gen_random_uuid(), 'd', ${subject}, '{}', '{}', 'unwinding', now() - ${age}::interval)`.execute(database.db);

test('a cloud without hosts has nothing in the way', async () => {
  const found = await runChecks(database.db);
  expect([found.length, statusOf(found)]).toEqual([checks.length, 0]);
  expect(await named('Cells v2')).toMatchObject({ result: 'Success', details: expect.stringContaining('No compute host') });
});

test('a host without inventory is a warning, and one with an old contract a failure', async () => {
  const node = (host: string, contract: number) =>
    sql`
    INSERT INTO compute_nodes (id, host, node, host_ip, hypervisor_type, hypervisor_version, cpu_info, supported_instances, contract)
    VALUES (gen_random_uuid(), ${host}, ${host}, '127.0.0.1', 'fake', 1, '{}', '[]', ${contract})`.execute(database.db);
  await node('node-1', COMPUTE_CONTRACT - 1);
  expect(statusOf(await runChecks(database.db))).toBe(1);
  expect((await named('Placement API'))?.details).toContain('node-1');
  await node('node-2', COMPUTE_CONTRACT - 2);
  const found = await runChecks(database.db);
  expect(statusOf(found)).toBe(2);
  expect((await named('Older than N-1 computes'))?.details).toContain('too old for this program: node-2.');
  expect(renderChecks(found)).toContain('| Result: Failure ');
});

test('work that is still being undone after an hour is a warning, however often that was tried', async () => {
  await unwinding('server-new', '59 minutes');
  expect(await named('Stuck Work')).toEqual({ name: 'Stuck Work', result: 'Success' });
  await unwinding('server-old', '61 minutes');
  expect(await named('Stuck Work')).toMatchObject({
    result: 'Warning',
    details: expect.stringContaining('still being undone: server-old.'),
  });
});

test('after a pending step of the schema nothing else is read', async () => {
  await sql`DELETE FROM kysely_migration WHERE name = (SELECT max(name) FROM kysely_migration)`.execute(database.db);
  const found = await runChecks(database.db);
  expect(found).toEqual([{ name: 'Database Schema', result: 'Warning', details: expect.stringContaining('nova-ts manage db sync') }]);
});
