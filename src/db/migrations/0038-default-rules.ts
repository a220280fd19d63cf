import { type Kysely, sql } from 'kysely';

/** Rules that the default group of each new project gets, set by operators. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE security_group_default_rules (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      ethertype text NOT NULL,
      protocol text NOT NULL,
      port_min integer,
      port_max integer,
      remote_cidr text NOT NULL,
      UNIQUE NULLS NOT DISTINCT (protocol, port_min, port_max, remote_cidr)
    )`.execute(db);
}
