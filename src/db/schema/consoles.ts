import type { Generated } from 'kysely';
import type { ConsoleType } from '../../objects/console.ts';

/** A token of a console, by its SHA-256: who reads the database learns no token. */
export interface ConsoleTokensTable {
  token_hash: string;
  server_id: string;
  host: string;
  console_type: ConsoleType;
  base_url: string;
  expires_at: Date;
  /** The SHA-256 of the secret of the viewer who opened the console; empty for a viewer without one, null until then. */
  viewer_hash: string | null;
  view_only: Generated<boolean>;
}

export interface ConsoleTables {
  console_tokens: ConsoleTokensTable;
}
