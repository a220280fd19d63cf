import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { silentLog } from '../../lib/log/log.ts';
import { openDatabase } from '../open.ts';
import { ensureTokenKey, tokenKeys } from './identity.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
});

test('many processes that start at once add one key together', async () => {
  const crowd = await openDatabase({ url: database.url, poolSize: 20, log: silentLog, applicationName: 'keys' });
  const rounds = Array.from({ length: 10 }, (_, index) => index);
  for (const round of rounds) {
    await database.db.deleteFrom('token_keys').execute();
    await Promise.all(Array.from({ length: 20 }, (_, index) => ensureTokenKey(crowd.db, { id: `${round}-${index}`, secret: 'ab' })));
    expect(await tokenKeys(database.db)).toHaveLength(1);
  }
  await crowd.close();
});
