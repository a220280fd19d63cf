import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { openDatabase } from '../../db/connect/open.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { silentLog } from '../../lib/log/log.ts';
import { storedKeys } from './idempotency.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The keys of another process, which can die. */
async function anotherProcess(name: string) {
  const opened = await openDatabase({ url: database.url, poolSize: 3, log: silentLog, applicationName: name });
  onTestFinished(() => opened.close());
  // To the server, the end of a process is the end of its sessions.
  const die = () => database.pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [name]);
  return { keys: storedKeys(opened.db, systemIds), die };
}

// Fault 2026-11 B16.
test('the key of a process that died is free at once, and held by the process that takes it over', async () => {
  const [first, second] = [await anotherProcess('first'), await anotherProcess('second')];
  const work = { projectId: 'p', key: 'k', fingerprint: 'f' };
  const [reserved, over] = [Promise.withResolvers<unknown>(), Promise.withResolvers<void>()];
  const dying = first.keys.holding(async () => {
    reserved.resolve(await first.keys.reserve({ ...work, requestId: 'req-1' }));
    await over.promise;
  });
  expect(await reserved.promise).toEqual({ kind: 'ours', requestId: 'req-1', resumed: false });

  const mine = storedKeys(database.db, systemIds);
  const retry = () => mine.reserve({ ...work, requestId: 'req-2' });
  await mine.holding(async () => {
    expect(await retry()).toEqual({ kind: 'busy' });
    await first.die();
    await expect.poll(retry).toEqual({ kind: 'ours', requestId: 'req-1', resumed: true });
    expect(await second.keys.reserve({ ...work, requestId: 'req-3' })).toEqual({ kind: 'busy' });
    expect(await retry()).toEqual({ kind: 'busy' });
  });
  over.resolve();
  await dying;
});

test('a process that lost its session is alive again with its next work, also for the work under way', async () => {
  const { keys, die } = await anotherProcess('cut off');
  const mine = storedKeys(database.db, systemIds);
  const [reserved, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const work = { projectId: 'p', key: 'long', fingerprint: 'f' };
  const long = keys.holding(async () => {
    await keys.reserve({ ...work, requestId: 'req-1' });
    reserved.resolve();
    await over.promise;
  });
  await reserved.promise;
  await die();
  await expect.poll(() => isSeen('idempotency keys')).toBe(false);
  await expect.poll(() => keys.holding(async () => await isSeen('idempotency keys')), { timeout: 10_000 }).toBe(true);
  expect(await isSeen('idempotency keys')).toBe(true);
  await mine.holding(async () => expect(await mine.reserve({ ...work, requestId: 'req-2' })).toEqual({ kind: 'busy' }));
  over.resolve();
  await long;
  await expect.poll(() => isSeen('idempotency keys')).toBe(false);
});

/** Whether any process holds a lock of the role. */
async function isSeen(role: string): Promise<boolean> {
  const { rows } = await database.pool.query(
    `SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = hashtext($1)::bit(32)::bigint::oid
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [role],
  );
  return rows.length > 0;
}
