import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { SimulatedCloud, someone } from '../../test/support/simulated-cloud.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  cloud.startEngine();
});
afterAll(async () => {
  await cloud?.stop();
  await database?.drop();
});

const WAIT = { timeout: 20_000, interval: 20 };

/** A server in error that has lost its host. */
async function failed(): Promise<string> {
  cloud.host('host-1').faults['spawn'] = { failureRate: 1 };
  const { id } = await cloud.boot();
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'error', taskState: null, host: null });
  return id;
}

const eventsOf = (id: string) =>
  cloud.db
    .selectFrom('events')
    .select(['type', 'request_id'])
    .where('subject', '=', id)
    .where('type', 'like', 'server.delete%')
    .orderBy('seq')
    .execute();

// Fault 2026-11 E7.
test('a server in error without a host is deleted at once, with its events and its action', async () => {
  const id = await failed();
  const ctx = someone();
  await cloud.api().delete(ctx, id);
  expect(await cloud.server(id)).toMatchObject({ vmState: 'deleted', terminatedAt: expect.any(Date) });
  expect((await eventsOf(id)).map(({ type, request_id }) => [type, request_id])).toEqual([
    ['server.delete.start', ctx.requestId],
    ['server.delete.end', ctx.requestId],
  ]);
  const actions = await cloud.db
    .selectFrom('instance_actions')
    .select(['action', 'message', 'finished_at'])
    .where('server_id', '=', id)
    .orderBy('id')
    .execute();
  expect(actions).toEqual([
    { action: 'create', message: 'Error', finished_at: expect.any(Date) },
    { action: 'delete', message: null, finished_at: expect.any(Date) },
  ]);
  await expect(cloud.api().delete(someone(), id)).rejects.toMatchObject({ kind: 'not-found' });
});

// Fault 2026-11 E7.
test('the same delete, repeated under its key because its answer was lost, succeeds again and does nothing', async () => {
  const id = await failed();
  const ctx = { ...someone(), keyed: true };
  await cloud.api().delete(ctx, id);
  const told = await eventsOf(id);
  expect(told).toHaveLength(2);
  await cloud.api().delete({ ...ctx, resumed: true }, id);
  expect(await eventsOf(id)).toEqual(told);
});
