import { type Kysely, sql } from 'kysely';

/**
 * Which hosts changed, and in which transaction: a scheduler that caches hosts reads only what changed since its last read.
 * Triggers write it, so that no statement can forget to. Heartbeats and the time of a report do not count as changes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE host_changes (
      host text PRIMARY KEY,
      changed_in xid8 NOT NULL DEFAULT pg_current_xact_id()
    )`.execute(db);
  await sql`CREATE INDEX host_changes_by_transaction ON host_changes (changed_in)`.execute(db);
  await sql`
    CREATE FUNCTION note_host_change(changed_host text) RETURNS void LANGUAGE sql AS $$
      INSERT INTO host_changes (host) VALUES (changed_host)
      ON CONFLICT (host) DO UPDATE SET changed_in = excluded.changed_in WHERE host_changes.changed_in <> excluded.changed_in
    $$`.execute(db);
  await noteChangesOf(db, 'compute_nodes', 'uptime');
  // Heartbeats are read from the services themselves at every request.
  await noteChangesOf(db, 'services', 'seen_at');
  await sql`INSERT INTO host_changes (host) SELECT host FROM compute_nodes`.execute(db);
}

/** Records the host whose row of this table changed in any column but `beat`, which only says that the host still runs. */
async function noteChangesOf(db: Kysely<unknown>, table: string, beat: string): Promise<void> {
  const changed = sql.ref(`${table}_changed`);
  await sql`
    CREATE FUNCTION ${changed}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        OLD.updated_at := NEW.updated_at;
        OLD.${sql.ref(beat)} := NEW.${sql.ref(beat)};
        IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NULL; END IF;
      END IF;
      PERFORM note_host_change(CASE TG_OP WHEN 'DELETE' THEN OLD.host ELSE NEW.host END);
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON ${sql.table(table)}
    FOR EACH ROW EXECUTE FUNCTION ${changed}()`.execute(db);
}
