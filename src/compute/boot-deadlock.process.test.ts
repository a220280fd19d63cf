import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { SimulatedCloud, someone } from '../../test/support/simulated-cloud.ts';
import { holdQuota } from '../quota/check.ts';
import { unlimited } from '../quota/resources.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 2 });
  await cloud.start();
});
afterAll(async () => {
  await cloud?.stop();
  await database?.drop();
});

const isWaiting = async (mode: string): Promise<boolean> => {
  const { rows } = await sql`
    SELECT FROM pg_locks WHERE NOT granted AND mode = ${mode}
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`.execute(database.db);
  return rows.length > 0;
};

test('a boot that PostgreSQL chose as the victim of a deadlock is retried, unnoticed by its client', async () => {
  const ctx = someone();
  const { db } = database;
  let tries = 0;
  const ids = { ...cloud.deps.ids, hex: (bytes: number) => ((tries += 1), cloud.deps.ids.hex(bytes)) };
  const opponent = db.transaction().execute(async (trx) => {
    // It checks for deadlocks later than the boot does, so the boot is the one that detects it.
    await sql`SET LOCAL deadlock_timeout = '30s'`.execute(trx);
    await sql`LOCK TABLE servers IN SHARE MODE`.execute(trx);
    const booting = cloud.boot({}, { ctx, quotaLimits: { ...unlimited, instances: 10 }, ids });
    // The boot holds its project's quota and waits for the table locked here; now each waits for the other.
    await expect.poll(() => isWaiting('RowExclusiveLock'), { timeout: 20_000, interval: 10 }).toBe(true);
    await holdQuota(trx, ctx.projectId ?? '');
    return { booting };
  });
  const { booting } = await opponent;
  const server = await booting;
  expect(tries).toBe(2);
  const booted = await db.selectFrom('servers').select(['id', 'task_state']).execute();
  expect(booted).toEqual([{ id: server.id, task_state: 'scheduling' }]);
  const events = await db.selectFrom('events').select(['type', 'subject']).where('subject', '=', server.id).execute();
  expect(events).toEqual([{ type: 'server.create.start', subject: server.id }]);
});
