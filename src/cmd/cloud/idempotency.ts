import type { IdempotencyKeys } from '../../api/pipeline/idempotency.ts';
import { forgetOldWork, keepAnswer, releaseWork, reserveWork } from '../../db/stores/cloud/idempotency-keys.ts';
import type { Queries } from '../../db/sql/queries.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { deferringRelease } from './deferred-release.ts';
import type { Shared } from './shared.ts';

/** Idempotency keys in the database. */
export const storedKeys = (db: Queries): IdempotencyKeys => ({
  reserve: (work) => reserveWork(db, work),
  keep: (work, answer) => keepAnswer(db, work, answer),
  release: (work) => releaseWork(db, work),
});

const EXPIRE_EVERY_MS = 3_600_000;
const RELEASE_EVERY_MS = 1_000;

/** The same with housekeeping: it deletes expired keys, and later releases those that it could not while the database was down. */
export function openIdempotency({ db, runtime: { clock, log, life } }: Shared): IdempotencyKeys {
  const { keys, settle } = deferringRelease(storedKeys(db), clock);
  const deps = { clock, log, signal: life.signal };
  const expire = async () => void (await forgetOldWork(db));
  life.run('the expiry of idempotency keys', repeat({ name: 'expire idempotency keys', everyMs: EXPIRE_EVERY_MS, run: expire }, deps));
  life.run('the release of idempotency keys', repeat({ name: 'release idempotency keys', everyMs: RELEASE_EVERY_MS, run: settle }, deps));
  return keys;
}
