import { type Kysely, sql } from 'kysely';

/**
 * The tokens of consoles, by their hashes. A token is for the guest that runs now: whatever moves, stops or deletes it revokes its tokens,
 * in the same statement.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE console_tokens (
    token_hash text PRIMARY KEY,
    server_id uuid NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    host text NOT NULL,
    console_type text NOT NULL,
    base_url text NOT NULL,
    expires_at timestamptz NOT NULL
  )`.execute(db);
  await sql`CREATE INDEX console_tokens_of_server ON console_tokens (server_id)`.execute(db);
  await sql`CREATE INDEX console_tokens_by_end ON console_tokens (expires_at)`.execute(db);
  await sql`CREATE FUNCTION revoke_console_tokens() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM console_tokens WHERE server_id = NEW.id;
      RETURN NULL;
    END $$`.execute(db);
  await sql`CREATE TRIGGER revoke_console_tokens AFTER UPDATE OF host, vm_state ON servers FOR EACH ROW
    WHEN (OLD.host IS DISTINCT FROM NEW.host OR (OLD.vm_state IS DISTINCT FROM NEW.vm_state
      AND NEW.vm_state IN ('stopped', 'suspended', 'shelved', 'shelved_offloaded', 'soft-delete', 'deleted')))
    EXECUTE FUNCTION revoke_console_tokens()`.execute(db);
}
