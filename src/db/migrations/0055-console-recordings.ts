import { type Kysely, sql } from 'kysely';

/** What viewers of serial consoles saw, where that is recorded; it is deleted with its server. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE console_recordings (
    id uuid PRIMARY KEY,
    server_id uuid NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    request_id text NOT NULL,
    started_at timestamptz NOT NULL,
    lines text NOT NULL DEFAULT ''
  )`.execute(db);
  await sql`CREATE INDEX console_recordings_of_server ON console_recordings (server_id, started_at)`.execute(db);
  await sql`CREATE FUNCTION forget_console_recordings() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM console_recordings WHERE server_id = NEW.id;
      RETURN NULL;
    END $$`.execute(db);
  await sql`CREATE TRIGGER forget_console_recordings AFTER UPDATE OF vm_state ON servers FOR EACH ROW
    WHEN (NEW.vm_state = 'deleted' AND OLD.vm_state IS DISTINCT FROM NEW.vm_state)
    EXECUTE FUNCTION forget_console_recordings()`.execute(db);
}
