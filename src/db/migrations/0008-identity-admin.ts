import { type Kysely, sql } from 'kysely';

/** The administration of domains, projects, users and roles, and counts of failed logins. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE projects
      ADD COLUMN parent_id text REFERENCES projects (id),
      ADD COLUMN tags jsonb NOT NULL DEFAULT '[]'`.execute(db);
  // A token names its user's generation: raising it ends all earlier tokens at once.
  await sql`
    ALTER TABLE users
      ADD COLUMN description text,
      ADD COLUMN generation integer NOT NULL DEFAULT 0`.execute(db);
  await sql`ALTER TABLE roles ADD COLUMN description text NOT NULL DEFAULT ''`.execute(db);
  await sql`
    CREATE TABLE domain_role_assignments (
      user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      domain_id text NOT NULL REFERENCES domains (id) ON DELETE CASCADE,
      role_id text NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
      PRIMARY KEY (user_id, domain_id, role_id)
    )`.execute(db);
  // A deletion looks for rows that refer to the deleted one.
  await sql`CREATE INDEX projects_by_parent ON projects (parent_id)`.execute(db);
  await sql`CREATE INDEX users_by_default_project ON users (default_project_id)`.execute(db);
  await sql`CREATE INDEX role_assignments_by_project ON role_assignments (project_id)`.execute(db);
  await sql`CREATE INDEX role_assignments_by_role ON role_assignments (role_id)`.execute(db);
  await sql`CREATE INDEX domain_role_assignments_by_domain ON domain_role_assignments (domain_id)`.execute(db);
  await sql`CREATE INDEX domain_role_assignments_by_role ON domain_role_assignments (role_id)`.execute(db);
  await sql`CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at)`.execute(db);
  await sql`
    CREATE TABLE login_failures (
      subject text PRIMARY KEY,
      failures integer NOT NULL,
      last_at timestamptz NOT NULL,
      locked_until timestamptz NOT NULL
    )`.execute(db);
  await sql`CREATE INDEX login_failures_by_age ON login_failures (last_at)`.execute(db);
}
