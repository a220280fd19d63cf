/** Traces of requests: hops are written in batches, read by request, and deleted when old. */
import type { Hop, HopSink } from '../../../lib/trace/hop.ts';
import { sql } from 'kysely';
import type { Forgetting } from './history.ts';
import type { Queries } from '../../sql/queries.ts';

/** Maximum number of hops in one answer; a request with more is out of control. */
const MAX_HOPS_READ = 10_000;

/**
 * Writes a batch in one statement, whatever its size. A hop that arrives twice counts once. The commit does not wait for the disk: a
 * database crash may lose the last moments of a trace.
 */
export async function writeHops(db: Queries, hops: readonly Hop[]): Promise<void> {
  if (hops.length === 0) return;
  const rows = hops.map(({ requestId, spanId, parentSpanId, service, what, host, startedAt, durationMs, outcome }) => ({
    request_id: requestId,
    span_id: spanId,
    parent_span_id: parentSpanId ?? null,
    service,
    what,
    host,
    started_at: startedAt,
    duration_ms: durationMs,
    outcome,
  }));
  await sql`
    WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO request_hops (request_id, span_id, parent_span_id, service, what, host, started_at, duration_ms, outcome)
    SELECT request_id, span_id, parent_span_id, service, what, host, started_at, duration_ms, outcome
    FROM unhurried, jsonb_populate_recordset(NULL::request_hops, ${JSON.stringify(rows)}::jsonb)
    ON CONFLICT DO NOTHING`.execute(db);
}

/** Writes a tracer's hops to the database. */
export const hopSink = (db: Queries): HopSink => ({ write: (hops) => writeHops(db, hops) });

/** The hops of one request, in the order in which they began. */
export async function readHops(db: Queries, requestId: string): Promise<readonly Hop[]> {
  const rows = await db
    .selectFrom('request_hops')
    .selectAll()
    .where('request_id', '=', requestId)
    .orderBy('started_at')
    .orderBy('span_id')
    .limit(MAX_HOPS_READ)
    .execute();
  return rows.map((row) => ({
    requestId: row.request_id,
    spanId: row.span_id,
    parentSpanId: row.parent_span_id ?? undefined,
    service: row.service,
    what: row.what,
    host: row.host,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    outcome: row.outcome,
  }));
}

/** Deletes hops written before a time, at most `limit`; returns how many. */
export async function forgetHops(db: Queries, { before, limit }: Forgetting): Promise<number> {
  const { rows } = await sql`
    DELETE FROM request_hops WHERE (request_id, span_id) IN (
      SELECT request_id, span_id FROM request_hops WHERE created_at < ${before} ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING 1`.execute(db);
  return rows.length;
}

/** When the oldest of the newest `hops` hops was written; undefined while there are fewer. */
export async function keptSince(db: Queries, hops: number): Promise<Date | undefined> {
  const oldest = await db
    .selectFrom('request_hops')
    .select('created_at')
    .orderBy('created_at', 'desc')
    .offset(hops)
    .limit(1)
    .executeTakeFirst();
  return oldest?.created_at;
}
