import { type Kysely, sql } from 'kysely';

/**
 * A token belongs to the viewer who opens a console with it first. From then on it follows its server to other hosts, so that the viewer can
 * connect again; a token that nobody has used yet is revoked by a move, and all are when the server stops.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE console_tokens
    ADD COLUMN viewer_hash text,
    ADD COLUMN view_only boolean NOT NULL DEFAULT false`.execute(db);
  await sql`CREATE OR REPLACE FUNCTION revoke_console_tokens() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM console_tokens WHERE server_id = NEW.id AND (
        NEW.host IS NULL
        OR NEW.vm_state IN ('stopped', 'suspended', 'shelved', 'shelved_offloaded', 'soft-delete', 'deleted')
        OR (viewer_hash IS NULL AND NOT view_only));
      UPDATE console_tokens SET host = NEW.host WHERE server_id = NEW.id;
      RETURN NULL;
    END $$`.execute(db);
}
