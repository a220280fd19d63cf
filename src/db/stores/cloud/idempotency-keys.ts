import { sql } from 'kysely';
import { isGone } from '../../sql/living-process.ts';
import type { Queries } from '../../sql/queries.ts';

/** An idempotency key of one project. */
export interface StoredWorkKey {
  readonly projectId: string;
  readonly key: string;
}

interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

export type StoredReservation =
  | { readonly kind: 'ours'; readonly requestId: string; readonly resumed: boolean }
  | { readonly kind: 'answered'; readonly requestId: string; readonly answer: StoredAnswer }
  | { readonly kind: 'other work' }
  | { readonly kind: 'busy' };

/** How long a key is kept. */
export const KEY_LIFETIME = sql`interval '24 hours'`;

/** How long a request holds its key, in seconds, should it hang or its process be cut off; of one that died the key is free at once. */
export const LEASE_S = 60;
const LEASE = sql`interval '${sql.lit(LEASE_S)} seconds'`;

interface NewWork extends StoredWorkKey {
  readonly fingerprint: string;
  readonly requestId: string;
  /** The name of this process. */
  readonly holder: string;
}

/** Reserves a key for a request, unless it has an answer, belongs to different work, or another request still holds it. */
export async function reserveWork(db: Queries, work: NewWork): Promise<StoredReservation> {
  if (await isNew(db, work)) return { kind: 'ours', requestId: work.requestId, resumed: false };
  const row = await db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('project_id', '=', work.projectId)
    .where('key', '=', work.key)
    .executeTakeFirst();
  // The key expired between the two statements: a retry finds it new.
  if (!row) return { kind: 'busy' };
  if (row.fingerprint !== work.fingerprint) return { kind: 'other work' };
  if (row.status !== null)
    return {
      kind: 'answered',
      requestId: row.request_id,
      answer: { status: row.status, headers: row.headers ?? {}, body: row.body ?? '' },
    };
  return (await takeOver(db, work)) ? { kind: 'ours', requestId: row.request_id, resumed: true } : { kind: 'busy' };
}

async function isNew(db: Queries, work: NewWork): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO idempotency_keys AS known (project_id, key, fingerprint, request_id, holder, reserved_until)
    VALUES (${work.projectId}, ${work.key}, ${work.fingerprint}, ${work.requestId}, ${work.holder}, now() + ${LEASE})
    ON CONFLICT (project_id, key) DO UPDATE SET
      fingerprint = excluded.fingerprint, request_id = excluded.request_id, holder = excluded.holder, reserved_until = excluded.reserved_until,
      status = NULL, headers = NULL, body = NULL, created_at = now()
    WHERE known.created_at < now() - ${KEY_LIFETIME}
    RETURNING 1`.execute(db);
  return rows.length > 0;
}

async function takeOver(db: Queries, { projectId, key, holder }: NewWork): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('idempotency_keys')
    .set({ holder, reserved_until: sql<Date>`now() + ${LEASE}` })
    .where('project_id', '=', projectId)
    .where('key', '=', key)
    .where('status', 'is', null)
    .where((eb) => eb.or([eb('reserved_until', '<', sql<Date>`now()`), isGone('idempotency keys', eb.ref('holder'))]))
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Saves the first answer under a key; a later one is ignored. */
export async function keepAnswer(
  db: Queries,
  { projectId, key, requestId }: StoredWorkKey & { readonly requestId: string },
  { status, headers, body }: StoredAnswer,
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ status, headers: JSON.stringify(headers), body })
    .where('project_id', '=', projectId)
    .where('key', '=', key)
    .where('request_id', '=', requestId)
    .where('status', 'is', null)
    .execute();
}

/** Ends the reservation, so that a retry can take over at once. */
export async function releaseWork(
  db: Queries,
  { projectId, key, requestId }: StoredWorkKey & { readonly requestId: string },
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ reserved_until: sql<Date>`now() - interval '1 second'` })
    .where('project_id', '=', projectId)
    .where('key', '=', key)
    .where('request_id', '=', requestId)
    .where('status', 'is', null)
    .execute();
}

/** Rows that one statement deletes. */
const PRUNED_AT_ONCE = 1_000;

/** Deletes expired keys and the results of their requests; returns how many keys. */
export async function forgetOldWork(db: Queries): Promise<number> {
  let forgotten = 0;
  await sql`DELETE FROM change_results WHERE at < now() - ${KEY_LIFETIME} - interval '1 hour'`.execute(db);
  for (;;) {
    const { rows } = await sql`
      DELETE FROM idempotency_keys WHERE (project_id, key) IN (
        SELECT project_id, key FROM idempotency_keys WHERE created_at < now() - ${KEY_LIFETIME} LIMIT ${PRUNED_AT_ONCE})
      RETURNING 1`.execute(db);
    forgotten += rows.length;
    if (rows.length < PRUNED_AT_ONCE) return forgotten;
  }
}
