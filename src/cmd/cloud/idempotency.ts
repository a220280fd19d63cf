import type { IdempotencyKeys } from '../../api/pipeline/idempotency.ts';
import { forgetOldWork, keepAnswer, releaseWork, reserveWork } from '../../db/stores/cloud/idempotency-keys.ts';
import type { Queries } from '../../db/sql/queries.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { lettingGoLater } from './letting-go-later.ts';
import type { Shared } from './shared.ts';

/** The memory of idempotency keys in the database. */
export const storedKeys = (db: Queries): IdempotencyKeys => ({
  reserve: (work) => reserveWork(db, work),
  keep: (work, answer) => keepAnswer(db, work, answer),
  letGo: (work) => releaseWork(db, work),
});

const FORGET_EVERY_MS = 3_600_000;
const LET_GO_EVERY_MS = 1_000;

/** The same with housekeeping: it deletes expired keys, and later releases those that it could not while the database was down. */
export function openIdempotency({ db, runtime: { clock, log, life } }: Shared): IdempotencyKeys {
  const { keys, settle } = lettingGoLater(storedKeys(db), clock);
  const deps = { clock, log, signal: life.signal };
  const forget = async () => void (await forgetOldWork(db));
  life.run('the forgetting', repeat({ name: 'forget idempotency keys', everyMs: FORGET_EVERY_MS, run: forget }, deps));
  life.run('the letting go', repeat({ name: 'let go of idempotency keys', everyMs: LET_GO_EVERY_MS, run: settle }, deps));
  return keys;
}
