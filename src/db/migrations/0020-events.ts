import { type Kysely, sql } from 'kysely';

/**
 * Events can be followed: each has the transaction that wrote it, and the epoch of that transaction number. Existing events keep their
 * order, because all count as written by this transaction. Requests with an Idempotency-Key save the results of their changes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE events
      ADD COLUMN epoch integer NOT NULL DEFAULT 1,
      ADD COLUMN transaction xid8 NOT NULL DEFAULT pg_current_xact_id()`.execute(db);
  await sql`CREATE TABLE event_epochs (epoch integer PRIMARY KEY, began_at timestamptz NOT NULL DEFAULT now())`.execute(db);
  await sql`INSERT INTO event_epochs (epoch) VALUES (1)`.execute(db);
  await sql`CREATE UNIQUE INDEX events_by_position ON events (epoch, transaction, seq)`.execute(db);
  await sql`
    CREATE TABLE change_results (
      request_id text NOT NULL,
      what text NOT NULL,
      result jsonb,
      at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (request_id, what)
    )`.execute(db);
  await sql`CREATE INDEX change_results_by_age ON change_results USING brin (at) WITH (autosummarize = on)`.execute(db);
  await keepBoots(db);
  // Results have their own table now; they are no longer looked up in a request's events.
  await sql`DROP INDEX events_by_request`.execute(db);
  await renameTypes(db);
}

/** A boot that was not answered before the upgrade must not be repeated after it. */
async function keepBoots(db: Kysely<unknown>): Promise<void> {
  await sql`
    INSERT INTO change_results (request_id, what, result)
    SELECT event.request_id, 'server.create', jsonb_agg(event.subject ORDER BY event.seq)
    FROM idempotency_keys AS known JOIN events AS event ON event.request_id = known.request_id AND event.type = 'server.create'
    WHERE known.status IS NULL GROUP BY event.request_id`.execute(db);
}

/** Long work has a start and an end event. An end event is matched by request and server to the event that began the work. */
async function renameTypes(db: Kysely<unknown>): Promise<void> {
  await sql`
    UPDATE events SET type = CASE type WHEN 'server.deleted' THEN 'server.delete.end' WHEN 'server.power-corrected' THEN 'server.correctPower'
      ELSE type || '.start' END
    WHERE type IN ('server.create', 'server.delete', 'server.deleted', 'server.power-corrected', 'server.start', 'server.stop', 'server.reboot',
      'server.pause', 'server.unpause', 'server.suspend', 'server.resume', 'server.trigger_crash_dump', 'server.rebuild')`.execute(db);
  await sql`
    UPDATE events AS ended SET type = replace(begun.type, '.start', CASE WHEN ended.type IN ('server.error', 'server.action-failed') THEN '.error' ELSE '.end' END)
    FROM events AS begun
    WHERE ended.type IN ('server.active', 'server.stopped', 'server.paused', 'server.suspended', 'server.settled', 'server.error', 'server.action-failed')
      AND begun.subject = ended.subject AND begun.request_id = ended.request_id AND begun.seq < ended.seq AND begun.type LIKE 'server.%.start'`.execute(
    db,
  );
}
