import { type Kysely, sql } from 'kysely';

/** Network quotas of projects, and the address that hosts take on a subnet without a gateway. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE network_quotas (
      project_id text NOT NULL,
      resource text NOT NULL,
      hard_limit integer NOT NULL CHECK (hard_limit >= -1),
      PRIMARY KEY (project_id, resource)
    )`.execute(db);
  await sql`ALTER TABLE subnets ADD COLUMN host_ip inet`.execute(db);
  // Every creation counts these rows; the indexes avoid reading the whole table.
  await sql`CREATE INDEX subnets_by_project ON subnets (project_id)`.execute(db);
  await sql`CREATE INDEX security_group_rules_by_project ON security_group_rules (project_id)`.execute(db);
}
