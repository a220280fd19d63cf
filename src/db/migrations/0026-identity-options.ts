import { type Kysely, sql } from 'kysely';

/** Roles of a domain; options of domains, projects and roles; extra fields of domains and roles. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE roles
      ADD COLUMN domain_id text REFERENCES domains (id) ON DELETE CASCADE,
      ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
      ADD COLUMN extra jsonb NOT NULL DEFAULT '{}',
      DROP CONSTRAINT roles_name_key,
      ADD CONSTRAINT one_role_of_a_name_in_a_domain UNIQUE NULLS NOT DISTINCT (domain_id, name)`.execute(db);
  await sql`ALTER TABLE projects ADD COLUMN options jsonb NOT NULL DEFAULT '{}'`.execute(db);
  await sql`
    ALTER TABLE domains
      ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
      ADD COLUMN extra jsonb NOT NULL DEFAULT '{}'`.execute(db);
}
