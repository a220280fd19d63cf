import { type Kysely, sql } from 'kysely';

/** Which hosts' servers have been told at the end of a period, and how many there were. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE usage_audits (
    host text NOT NULL,
    period_begin timestamptz NOT NULL,
    period_end timestamptz NOT NULL,
    servers integer NOT NULL,
    audited_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (period_end, period_begin, host)
  )`.execute(db);
}
