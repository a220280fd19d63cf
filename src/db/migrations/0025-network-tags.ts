import { type Kysely, sql } from 'kysely';

const TAGGED = ['networks', 'subnets', 'ports', 'security_groups'];

/** Tags, what an admin asks of a port's binding, and the number of a row's revision, which a trigger raises: no statement can forget it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of TAGGED) await sql`ALTER TABLE ${sql.table(table)} ADD COLUMN tags text[] NOT NULL DEFAULT '{}'`.execute(db);
  await sql`ALTER TABLE ports ADD COLUMN wanted_host text, ADD COLUMN binding_profile jsonb NOT NULL DEFAULT '{}'`.execute(db);
  await sql`
    CREATE FUNCTION raise_revision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.revision_number := OLD.revision_number + 1;
      RETURN NEW;
    END $$`.execute(db);
  for (const table of [...TAGGED, 'security_group_rules']) {
    await sql`ALTER TABLE ${sql.table(table)} ADD COLUMN revision_number integer NOT NULL DEFAULT 0`.execute(db);
    await sql`
      CREATE TRIGGER raise_revision BEFORE UPDATE ON ${sql.table(table)}
      FOR EACH ROW EXECUTE FUNCTION raise_revision()`.execute(db);
  }
}
