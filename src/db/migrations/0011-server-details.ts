import { type Kysely, sql } from 'kysely';

/** More fields of servers, the steps of instance actions, and the request of an idempotency key. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE servers ADD COLUMN files jsonb NOT NULL DEFAULT '[]', ADD COLUMN trusted_certificates jsonb`.execute(db);
  await sql`
    CREATE TABLE instance_action_events (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      server_id uuid NOT NULL,
      request_id text NOT NULL,
      workflow_id text NOT NULL,
      step text NOT NULL,
      event text NOT NULL,
      host text,
      result text,
      traceback text,
      details text,
      started_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz,
      UNIQUE (workflow_id, step)
    )`.execute(db);
  await sql`CREATE INDEX instance_action_events_by_action ON instance_action_events (server_id, request_id, id)`.execute(db);
  await sql`
    ALTER TABLE idempotency_keys
      ADD COLUMN request_id text NOT NULL DEFAULT '',
      ADD COLUMN reserved_until timestamptz NOT NULL DEFAULT now()`.execute(db);
  await sql`CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at)`.execute(db);
  // A request that is retried after a crash looks up its events by its id.
  await sql`CREATE INDEX events_by_request ON events (request_id)`.execute(db);
}
