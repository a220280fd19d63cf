import type { IdempotencyKeys } from '../../api/pipeline/idempotency.ts';
import { forgetOldWork, keepAnswer, releaseWork, reserveWork } from '../../db/stores/cloud/idempotency-keys.ts';
import { LivingProcess } from '../../db/sql/living-process.ts';
import type { Queries } from '../../db/sql/queries.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { deferringRelease } from './deferred-release.ts';
import type { Shared } from './shared.ts';

/** Idempotency keys in the database, held by this process. */
export function storedKeys(db: Queries, ids: Ids): IdempotencyKeys {
  const holder = new LivingProcess({ db, role: 'idempotency keys', name: ids.uuid() });
  return {
    holding: (work) => holder.during(work),
    reserve: (work) => reserveWork(db, { ...work, holder: holder.name }),
    keep: (work, answer) => keepAnswer(db, work, answer),
    release: (work) => releaseWork(db, work),
  };
}

const EXPIRE_EVERY_MS = 3_600_000;
const RELEASE_EVERY_MS = 1_000;

/** The same with housekeeping: it deletes expired keys, and later releases those that it could not while the database was down. */
export function openIdempotency({ db, runtime: { clock, ids, log, life } }: Shared): IdempotencyKeys {
  const { keys, settle } = deferringRelease(storedKeys(db, ids), clock);
  const deps = { clock, log, signal: life.signal };
  const expire = async () => void (await forgetOldWork(db));
  life.run('the expiry of idempotency keys', repeat({ name: 'expire idempotency keys', everyMs: EXPIRE_EVERY_MS, run: expire }, deps));
  life.run('the release of idempotency keys', repeat({ name: 'release idempotency keys', everyMs: RELEASE_EVERY_MS, run: settle }, deps));
  return keys;
}
