/**
 * The event log as consumers follow it. Sequence numbers are taken before the commit, so a reader by sequence would skip late commits.
 * The feed is ordered by the transactions that wrote the events, and ends before the oldest running transaction: all later events
 * come after that point.
 */
import { sql } from 'kysely';
import { type EventPage, type EventPosition, type Initiator, partsOf, positionOf } from '../../../objects/event-position.ts';
import { transaction } from '../../sql/retry.ts';
import type { Queries } from '../../sql/queries.ts';

/** Maximum number of events in one page. */
export const MAX_EVENTS_READ = 1_000;

interface Row {
  readonly epoch: number;
  readonly writer: string;
  readonly seq: number;
  readonly type: string;
  readonly subject: string;
  readonly project_id: string | null;
  readonly request_id: string;
  readonly at: Date;
  readonly payload: Record<string, unknown>;
  readonly initiator: Initiator | null;
}

/** The events after a position, in an order that never changes. None is repeated or skipped. */
export async function readEvents(db: Queries, after: EventPosition, limit: number): Promise<EventPage> {
  const { epoch, transaction: writer, sequence } = partsOf(after);
  // The transaction's text needs another name than the column: otherwise ORDER BY would sort the text, with 10 before 9.
  const { rows } = await sql<Row>`
    SELECT epoch, transaction::text AS writer, seq, type, subject, project_id, request_id, at, payload, initiator FROM events
    WHERE (epoch, transaction, seq) > (${epoch}::integer, ${writer}::xid8, ${sequence}::bigint)
      AND (transaction < pg_snapshot_xmin(pg_current_snapshot()) OR epoch < (SELECT max(epoch) FROM event_epochs))
    ORDER BY epoch, transaction, seq LIMIT ${Math.min(limit, MAX_EVENTS_READ)}`.execute(db);
  const events = rows.map((row) => ({
    position: positionOf({ epoch: row.epoch, transaction: row.writer, sequence: row.seq }),
    sequence: row.seq,
    type: row.type,
    subject: row.subject,
    projectId: row.project_id,
    requestId: row.request_id,
    at: row.at,
    payload: row.payload,
    initiator: row.initiator,
  }));
  return { events, next: events.at(-1)?.position ?? after };
}

/** The position after everything now in the feed: events after it are new, or commit late. */
export async function endOfEvents(db: Queries): Promise<EventPosition> {
  const { rows } = await sql<{ epoch: number; transaction: string }>`
    SELECT max(epoch) AS epoch, pg_snapshot_xmin(pg_current_snapshot())::text AS transaction FROM event_epochs`.execute(db);
  const [{ epoch, transaction: oldest } = { epoch: 0, transaction: '0' }] = rows;
  return positionOf({ epoch, transaction: oldest, sequence: 0 });
}

/**
 * Begins a new epoch when the log has transaction numbers that this server has not reached: the database was restored on another server.
 * Old events keep their order, and new ones come after them. Call it before anything is written.
 */
export async function adoptRestoredEvents(db: Queries): Promise<void> {
  if (!(await isRestored(db))) return;
  await transaction(db, async (trx) => {
    await sql`LOCK TABLE events IN ACCESS EXCLUSIVE MODE`.execute(trx);
    if (!(await isRestored(trx))) return;
    const { rows } = await sql<{ epoch: number }>`
      INSERT INTO event_epochs (epoch) SELECT max(epoch) + 1 FROM event_epochs RETURNING epoch`.execute(trx);
    for (const { epoch } of rows) await sql`ALTER TABLE events ALTER COLUMN epoch SET DEFAULT ${sql.lit(epoch)}`.execute(trx);
  });
}

async function isRestored(db: Queries): Promise<boolean> {
  const { rows } = await sql<{ restored: boolean }>`
    SELECT EXISTS (
      SELECT FROM events WHERE epoch = (SELECT max(epoch) FROM event_epochs) AND transaction >= pg_snapshot_xmax(pg_current_snapshot())
    ) AS restored`.execute(db);
  return rows[0]?.restored === true;
}
