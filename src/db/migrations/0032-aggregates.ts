import { type Kysely, sql } from 'kysely';

/**
 * Aggregates of hosts. A host whose aggregates change counts as changed: schedulers read it again. `zone_of_host` is for statements that
 * waited for a lock: it is volatile, so it sees the zone as of now and not as of the beginning of the statement.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE aggregates (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      uuid uuid NOT NULL UNIQUE,
      name text NOT NULL CONSTRAINT aggregates_name_key UNIQUE,
      metadata jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz
    )`.execute(db);
  await sql`
    CREATE TABLE aggregate_hosts (
      aggregate_id integer NOT NULL REFERENCES aggregates (id),
      host text NOT NULL REFERENCES compute_nodes (host) ON DELETE CASCADE,
      PRIMARY KEY (aggregate_id, host)
    )`.execute(db);
  await sql`CREATE INDEX aggregate_hosts_by_host ON aggregate_hosts (host)`.execute(db);
  await sql`
    CREATE FUNCTION zone_of_host(asked text, own text) RETURNS text LANGUAGE sql VOLATILE AS $$
      SELECT coalesce((
        SELECT zoned.metadata ->> 'availability_zone' FROM aggregate_hosts AS member JOIN aggregates AS zoned ON zoned.id = member.aggregate_id
        WHERE member.host = asked AND zoned.metadata ->> 'availability_zone' IS NOT NULL LIMIT 1), own)
    $$`.execute(db);
  await noteChanges(db);
}

async function noteChanges(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION aggregate_hosts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM note_host_change(CASE TG_OP WHEN 'DELETE' THEN OLD.host ELSE NEW.host END);
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER note_change AFTER INSERT OR DELETE ON aggregate_hosts
    FOR EACH ROW EXECUTE FUNCTION aggregate_hosts_changed()`.execute(db);
  await sql`
    CREATE FUNCTION aggregates_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM note_host_change(host) FROM (SELECT host FROM aggregate_hosts WHERE aggregate_id = NEW.id ORDER BY host) AS member;
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER note_change AFTER UPDATE ON aggregates FOR EACH ROW
    WHEN (OLD.metadata IS DISTINCT FROM NEW.metadata) EXECUTE FUNCTION aggregates_changed()`.execute(db);
}
