import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { silentLog } from '../../../lib/log/log.ts';
import { openDatabase } from '../../connect/open.ts';
import { type KeyAges, renewTokenKeys, tokenKeys } from './token-keys.ts';

const ages: KeyAges = { renewAfter: 1_000, ripeAfter: 100, keepFor: 5_000 };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
});
beforeEach(() => database.db.deleteFrom('token_keys').execute());

const offer = (id: string) => renewTokenKeys(database.db, { id, secret: 'ab' }, ages);
const keys = async () => (await tokenKeys(database.db, ages)).map(({ id, isRipe }) => `${id}${isRipe ? '' : ' (unripe)'}`);
/** Makes all keys older. */
const wait = (seconds: number) =>
  sql`UPDATE token_keys SET created_at = created_at - make_interval(secs => ${seconds})`.execute(database.db);

test('many processes that start or rotate at once add a single key', async () => {
  const crowd = await openDatabase({ url: database.url, poolSize: 20, log: silentLog, applicationName: 'keys' });
  for (const round of [1, 2, 3, 4, 5]) {
    const offers = Array.from({ length: 20 }, (_, index) => ({ id: `${round}-${index}`, secret: 'ab' }));
    await Promise.all(offers.map((key) => renewTokenKeys(crowd.db, key, { ...ages, keepFor: 1_000_000 })));
    expect(await tokenKeys(database.db, ages)).toHaveLength(round);
    await wait(1_001);
  }
  await crowd.close();
});

test('an old key gets a successor, and is kept until the last token that it signed has expired', async () => {
  await offer('first');
  await offer('too early');
  expect(await keys()).toEqual(['first (unripe)']);
  await wait(1_001);
  await offer('second');
  expect(await keys()).toEqual(['second (unripe)', 'first']);
  // The second key signs after 100 s; the first one's last token is valid for another 5000 s.
  await wait(101);
  expect(await keys()).toEqual(['second', 'first']);
  await wait(4_990);
  await offer('third');
  expect(await keys()).toEqual(['third (unripe)', 'second', 'first']);
  await wait(20);
  await offer('none');
  expect(await keys()).toEqual(['third (unripe)', 'second']);
});
