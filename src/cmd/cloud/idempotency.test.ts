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
