import { type Kysely, sql } from 'kysely';

/** Traces of requests, hop by hop. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE request_hops (
      request_id text NOT NULL,
      span_id text NOT NULL,
      parent_span_id text,
      service text NOT NULL,
      what text NOT NULL,
      host text NOT NULL,
      started_at timestamptz NOT NULL,
      duration_ms double precision NOT NULL,
      outcome text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (request_id, span_id)
    )`.execute(db);
  await sql`CREATE INDEX request_hops_by_age ON request_hops (created_at)`.execute(db);
}
