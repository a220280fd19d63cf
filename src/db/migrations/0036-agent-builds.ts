import { type Kysely, sql } from 'kysely';

/** Builds of guest agents: which one guests of a kind should run, and where it is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE agent_builds (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      hypervisor text NOT NULL,
      os text NOT NULL,
      architecture text NOT NULL,
      version text NOT NULL,
      url text NOT NULL,
      md5hash text NOT NULL,
      UNIQUE (hypervisor, os, architecture)
    )`.execute(db);
}
