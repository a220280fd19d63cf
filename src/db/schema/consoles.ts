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

/** What a viewer of a serial console saw, as lines of an asciicast. */
export interface ConsoleRecordingsTable {
  id: string;
  server_id: string;
  request_id: string;
  started_at: Date;
  lines: Generated<string>;
}

export interface ConsoleTables {
  console_recordings: ConsoleRecordingsTable;
  console_tokens: ConsoleTokensTable;
}
