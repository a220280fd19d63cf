import { type Kysely, sql } from 'kysely';

/**
 * The numbers of networks on the way between hosts, and where hosts are reached by each other. Numbers begin anywhere, so that those of two
 * clouds on one machine are different.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE SEQUENCE network_segments MINVALUE 1 MAXVALUE 16777215 CYCLE`.execute(db);
  await sql`SELECT setval('network_segments', 1 + floor(random() * 16000000)::integer)`.execute(db);
  await sql`
    ALTER TABLE networks
      ADD COLUMN segmentation_id integer NOT NULL DEFAULT nextval('network_segments')
        CONSTRAINT one_network_of_a_segment UNIQUE CHECK (segmentation_id BETWEEN 1 AND 16777215)`.execute(db);
  await sql`
    CREATE TABLE network_hosts (
      host text PRIMARY KEY,
      tunnel_address inet NOT NULL UNIQUE,
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
}
