import { type Kysely, sql } from 'kysely';

/** The tables that decide who stands behind a token. */
const TABLES = ['domains', 'projects', 'users', 'roles', 'role_assignments', 'domain_role_assignments', 'revoked_tokens'];

/**
 * One number for the state of all users, projects, roles and revocations. Whoever caches what a token means compares it, in one small
 * statement. Triggers raise it, so that no statement can forget to; at the commit, so that transactions hold its lock for a moment only.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE identity_version (is_single boolean PRIMARY KEY DEFAULT true CHECK (is_single), number bigint NOT NULL)`.execute(
    db,
  );
  await sql`INSERT INTO identity_version (number) VALUES (0)`.execute(db);
  await sql`
    CREATE FUNCTION raise_identity_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      -- Once for each transaction: the row that this one wrote is left alone.
      UPDATE identity_version SET number = number + 1 WHERE xmin <> pg_current_xact_id()::xid;
      RETURN NULL;
    END $$`.execute(db);
  for (const table of TABLES)
    await sql`
      CREATE CONSTRAINT TRIGGER raise_version AFTER INSERT OR UPDATE OR DELETE ON ${sql.table(table)}
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_identity_version()`.execute(db);
}
