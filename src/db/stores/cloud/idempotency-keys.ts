import { sql } from 'kysely';
import type { Queries } from '../../sql/queries.ts';

/** What one project's client calls one piece of work. */
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

/** For how long a key is remembered. */
export const KEPT = sql`interval '24 hours'`;

/** How long whoever works is believed to live, in seconds; a process that died is taken over from after that. */
export const LEASE_S = 60;
const LEASE = sql`interval '${sql.lit(LEASE_S)} seconds'`;

/** Takes a piece of work, unless it is done, another request's or somebody's who still works on it. */
export async function reserveWork(
  db: Queries,
  work: StoredWorkKey & { readonly fingerprint: string; readonly requestId: string },
): Promise<StoredReservation> {
  if (await isNew(db, work)) return { kind: 'ours', requestId: work.requestId, resumed: false };
  const row = await db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('project_id', '=', work.projectId)
    .where('key', '=', work.key)
    .executeTakeFirst();
  // Forgotten between the two statements: whoever asks once more finds it new.
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

async function isNew(db: Queries, work: StoredWorkKey & { readonly fingerprint: string; readonly requestId: string }): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO idempotency_keys AS known (project_id, key, fingerprint, request_id, reserved_until)
    VALUES (${work.projectId}, ${work.key}, ${work.fingerprint}, ${work.requestId}, now() + ${LEASE})
    ON CONFLICT (project_id, key) DO UPDATE SET
      fingerprint = excluded.fingerprint, request_id = excluded.request_id, reserved_until = excluded.reserved_until,
      status = NULL, headers = NULL, body = NULL, created_at = now()
    WHERE known.created_at < now() - ${KEPT}
    RETURNING 1`.execute(db);
  return rows.length > 0;
}

async function takeOver(db: Queries, { projectId, key }: StoredWorkKey): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('idempotency_keys')
    .set({ reserved_until: sql<Date>`now() + ${LEASE}` })
    .where('project_id', '=', projectId)
    .where('key', '=', key)
    .where('status', 'is', null)
    .where('reserved_until', '<', sql<Date>`now()`)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Keeps the first answer to a piece of work; a later one changes nothing. */
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

/** Lets the next one who asks go on with it at once. */
export async function letGoOfWork(
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

/** How many rows one statement removes. */
const PRUNED_AT_ONCE = 1_000;

/** Forgets keys that were kept long enough, and what their requests came to; returns how many keys that were. */
export async function forgetOldWork(db: Queries): Promise<number> {
  let forgotten = 0;
  await sql`DELETE FROM change_results WHERE at < now() - ${KEPT} - interval '1 hour'`.execute(db);
  for (;;) {
    const { rows } = await sql`
      DELETE FROM idempotency_keys WHERE (project_id, key) IN (
        SELECT project_id, key FROM idempotency_keys WHERE created_at < now() - ${KEPT} LIMIT ${PRUNED_AT_ONCE})
      RETURNING 1`.execute(db);
    forgotten += rows.length;
    if (rows.length < PRUNED_AT_ONCE) return forgotten;
  }
}
