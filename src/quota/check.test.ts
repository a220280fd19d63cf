import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { sampleFlavor, sampleServer } from '../../test/support/sample-server.ts';
import { insertServer } from '../../test/support/insert-server.ts';
import { takeServer } from '../db/stores/servers/servers.ts';
import { saveLimits } from '../db/stores/quotas/quota-limits.ts';
import { checkMetadataItems, checkQuota, holdQuota, MetadataLimitExceeded, QuotaExceeded } from './check.ts';
import { type QuotaLimits, unlimited } from './resources.ts';
import { usageOf } from './usage.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
});

const flavor = { ...sampleFlavor, vcpus: 2, ramMb: 1_024 };
const each = { instances: 1, cores: 2, ram: 1_024 };

/** Creates servers as the compute api does: check and insert in one transaction. */
const boot = (projectId: string, limits: Partial<QuotaLimits>, userId = 'user-1') =>
  database.db.transaction().execute(async (trx) => {
    await checkQuota(trx, { projectId, userId }, each, { ...unlimited, ...limits });
    return await insertServer(trx, sampleServer({ projectId, userId, flavor }), 'w-1');
  });

const usage = (projectId: string) => usageOf(database.db, { projectId });

test('many requests at once take every place that the quota has, and not one more', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => boot('crowded', { instances: 7 })));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
  expect(outcomes.every((outcome) => outcome.status === 'fulfilled' || QuotaExceeded.is(outcome.reason))).toBe(true);
  expect(await usage('crowded')).toEqual({ instances: 7, cores: 14, ram: 7_168 });
});

test.each<[Partial<QuotaLimits>, string]>([
  [{ instances: 1 }, 'Quota exceeded for instances: Requested 1, but already used 1 of 1 instances'],
  [{ cores: 3 }, 'Quota exceeded for cores: Requested 2, but already used 2 of 3 cores'],
  [
    { cores: 3, instances: 1, ram: 9_000 },
    'Quota exceeded for cores, instances: Requested 2, 1, but already used 2, 1 of 3, 1 cores, instances',
  ],
  [{ ram: 2_047 }, 'Quota exceeded for ram: Requested 1024, but already used 1024 of 2047 ram'],
])('what is over %j is refused in the words that clients know', async (limits, words) => {
  const project = `project of ${words}`;
  await boot(project, {});
  await expect(boot(project, limits)).rejects.toThrow(words);
});

/** How many statements of this database wait for a lock. */
async function waiting(): Promise<number | undefined> {
  const select = sql<{ n: number }>`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return (await select.execute(database.db)).rows[0]?.n;
}

// Fault 2026-11 E14.
test('a limit that is lowered while a request waits for the quota holds for that request', async () => {
  const { outcome } = await database.db.transaction().execute(async (trx) => {
    await holdQuota(trx, 'lowered');
    const settled = Promise.allSettled([boot('lowered', { instances: 5 })]);
    await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
    await saveLimits(trx, { projectId: 'lowered' }, { instances: 0 });
    return { outcome: settled };
  });
  expect(await outcome).toMatchObject([{ status: 'rejected', reason: { code: 'QuotaExceeded' } }]);
  expect((await usage('lowered')).instances).toBe(0);
});

test('a limit is reached and not passed; -1 is none, 0 is nothing', async () => {
  await boot('exact', { instances: 1, cores: 2, ram: 1_024 });
  await boot('exact', {});
  expect(await usage('exact')).toEqual({ instances: 2, cores: 4, ram: 2_048 });
  await expect(boot('nothing', { instances: 0 })).rejects.toThrow('used 0 of 0 instances');
});

test('deleted servers and those of others use nothing', async () => {
  const server = await boot('mine', {});
  await boot('theirs', {});
  await database.db.transaction().execute((trx) => takeServer(trx, server, { vm_state: 'deleted', task_state: null, workflow_id: null }));
  expect(await usage('mine')).toEqual({ instances: 0, cores: 0, ram: 0 });
});

test('whoever waits for one project does not wait for another', async () => {
  await database.db.transaction().execute(async (trx) => {
    await checkQuota(trx, { projectId: 'slow' }, each, unlimited);
    await boot('quick', {});
  });
  expect((await usage('quick')).instances).toBe(1);
});

test('a limit that is set for a project goes before the default class, and that before the options', async () => {
  await boot('layers', {});
  await expect(boot('layers', { instances: 1 })).rejects.toSatisfy(QuotaExceeded.is);
  await saveLimits(database.db, { className: 'default' }, { instances: 2 });
  await boot('layers', { instances: 1 });
  await expect(boot('layers', { instances: 9 })).rejects.toSatisfy(QuotaExceeded.is);
  await saveLimits(database.db, { projectId: 'layers' }, { instances: 3 });
  await boot('layers', { instances: 1 });
  await expect(boot('layers', { instances: 9 })).rejects.toSatisfy(QuotaExceeded.is);
  await database.db.deleteFrom('quota_limits').execute();
});

test('a user with a limit of their own is held to it, beside the project’s', async () => {
  await saveLimits(database.db, { projectId: 'shared', userId: 'ann' }, { instances: 1 });
  await boot('shared', { instances: 3 }, 'ann');
  await expect(boot('shared', { instances: 3 }, 'ann')).rejects.toThrow('used 1 of 1 instances');
  await boot('shared', { instances: 3 }, 'ben');
  await boot('shared', { instances: 3 }, 'ben');
  await expect(boot('shared', { instances: 3 }, 'ben')).rejects.toThrow('used 3 of 3 instances');
});

test('a server has no more metadata items than allowed', async () => {
  const owner = { projectId: 'labels' };
  await checkMetadataItems(database.db, owner, 3, { ...unlimited, metadata_items: 3 });
  await checkMetadataItems(database.db, owner, 1_000, unlimited);
  await expect(checkMetadataItems(database.db, owner, 4, { ...unlimited, metadata_items: 3 })).rejects.toSatisfy(MetadataLimitExceeded.is);
});
