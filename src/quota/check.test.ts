import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { sampleFlavor, sampleServer } from '../../test/support/sample-server.ts';
import { insertServer, takeServer } from '../db/stores/servers.ts';
import { checkQuota, QuotaExceeded, type QuotaLimits, usageOf } from './check.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
});

const unbound: QuotaLimits = { instances: -1, cores: -1, ramMb: -1 };
const flavor = { ...sampleFlavor, vcpus: 2, ramMb: 1_024 };
const each = { instances: 1, cores: 2, ramMb: 1_024 };

/** Boots as the compute api does: check and record in one transaction. */
const boot = (projectId: string, limits: Partial<QuotaLimits>) =>
  database.db.transaction().execute(async (trx) => {
    await checkQuota(trx, projectId, each, { ...unbound, ...limits });
    return await insertServer(trx, sampleServer({ projectId, flavor }), 'w-1');
  });

const usage = (projectId: string) => database.db.transaction().execute((trx) => usageOf(trx, projectId));

test('many requests at once take every place that the quota has, and not one more', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => boot('crowded', { instances: 7 })));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
  expect(outcomes.every((outcome) => outcome.status === 'fulfilled' || QuotaExceeded.is(outcome.reason))).toBe(true);
  expect(await usage('crowded')).toEqual({ instances: 7, cores: 14, ramMb: 7_168 });
});

test.each<[Partial<QuotaLimits>, string]>([
  [{ instances: 1 }, 'Quota exceeded for instances: Requested 1, but already used 1 of 1 instances'],
  [{ cores: 3 }, 'Quota exceeded for cores: Requested 2, but already used 2 of 3 cores'],
  [{ ramMb: 2_047 }, 'Quota exceeded for ram: Requested 1024, but already used 1024 of 2047 ram'],
])('what is over %j is refused in the words that clients know', async (limits, words) => {
  const project = `project of ${words}`;
  await boot(project, {});
  await expect(boot(project, limits)).rejects.toThrow(words);
});

test('a limit is reached and not passed; -1 is none, 0 is nothing', async () => {
  await boot('exact', { instances: 1, cores: 2, ramMb: 1_024 });
  await boot('exact', {});
  expect(await usage('exact')).toEqual({ instances: 2, cores: 4, ramMb: 2_048 });
  await expect(boot('nothing', { instances: 0 })).rejects.toThrow('used 0 of 0 instances');
});

test('deleted servers and those of others use nothing', async () => {
  const server = await boot('mine', {});
  await boot('theirs', {});
  await database.db.transaction().execute((trx) => takeServer(trx, server, { vm_state: 'deleted', task_state: null, workflow_id: null }));
  expect(await usage('mine')).toEqual({ instances: 0, cores: 0, ramMb: 0 });
});

test('whoever waits for one project does not wait for another', async () => {
  await database.db.transaction().execute(async (trx) => {
    await checkQuota(trx, 'slow', each, unbound);
    await boot('quick', {});
  });
  expect((await usage('quick')).instances).toBe(1);
});
