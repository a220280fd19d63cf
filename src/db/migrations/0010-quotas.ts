import { type Kysely, sql } from 'kysely';

/** Limits that operators set for a class, a project, or a user in a project; and the uptime text of hosts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE quota_limits (
      class_name text,
      project_id text,
      user_id text,
      resource text NOT NULL,
      hard_limit integer NOT NULL CHECK (hard_limit >= -1),
      CONSTRAINT of_a_class_or_of_a_project CHECK ((class_name IS NULL) <> (project_id IS NULL)),
      CONSTRAINT users_are_limited_in_a_project CHECK (user_id IS NULL OR project_id IS NOT NULL),
      CONSTRAINT one_limit_each UNIQUE NULLS NOT DISTINCT (project_id, user_id, class_name, resource)
    )`.execute(db);
  await sql`ALTER TABLE compute_nodes ADD COLUMN uptime text`.execute(db);
}
