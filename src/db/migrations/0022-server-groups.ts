import { type Kysely, sql } from 'kysely';

/** Server groups, each with a placement policy, and their members. A server is in at most one group. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE server_groups (
      id uuid PRIMARY KEY,
      number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
      project_id text NOT NULL,
      user_id text NOT NULL,
      name text NOT NULL,
      policy text NOT NULL CHECK (policy IN ('affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity')),
      max_server_per_host integer CHECK (max_server_per_host >= 1),
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT rules_are_of_anti_affinity CHECK (max_server_per_host IS NULL OR policy = 'anti-affinity')
    )`.execute(db);
  await sql`CREATE INDEX server_groups_by_project ON server_groups (project_id, number)`.execute(db);
  await sql`
    CREATE TABLE server_group_members (
      server_id uuid PRIMARY KEY REFERENCES servers (id),
      group_id uuid NOT NULL REFERENCES server_groups (id) ON DELETE CASCADE
    )`.execute(db);
  await sql`CREATE INDEX server_group_members_by_group ON server_group_members (group_id)`.execute(db);
}
