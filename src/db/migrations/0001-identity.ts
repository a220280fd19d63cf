import { type Kysely, sql } from 'kysely';

/** Domains, projects, users and roles; keys and revocations of tokens. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE domains (
      id text PRIMARY KEY,
      name text NOT NULL UNIQUE,
      description text NOT NULL DEFAULT '',
      enabled boolean NOT NULL DEFAULT true
    )`.execute(db);
  await sql`
    CREATE TABLE projects (
      id text PRIMARY KEY,
      domain_id text NOT NULL REFERENCES domains (id),
      name text NOT NULL,
      description text NOT NULL DEFAULT '',
      enabled boolean NOT NULL DEFAULT true,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (domain_id, name)
    )`.execute(db);
  await sql`
    CREATE TABLE users (
      id text PRIMARY KEY,
      domain_id text NOT NULL REFERENCES domains (id),
      name text NOT NULL,
      password_hash text,
      default_project_id text,
      email text,
      enabled boolean NOT NULL DEFAULT true,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (domain_id, name)
    )`.execute(db);
  await sql`CREATE TABLE roles (id text PRIMARY KEY, name text NOT NULL UNIQUE)`.execute(db);
  await sql`
    CREATE TABLE role_assignments (
      user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      project_id text NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
      role_id text NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
      PRIMARY KEY (user_id, project_id, role_id)
    )`.execute(db);
  await sql`
    CREATE TABLE token_keys (
      id text PRIMARY KEY,
      secret text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE TABLE revoked_tokens (audit_id text PRIMARY KEY, expires_at timestamptz NOT NULL)`.execute(db);
}
