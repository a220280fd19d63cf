import type { ConsoleType } from '../../objects/console.ts';

/** A token of a console, by its SHA-256: who reads the database learns no token. */
export interface ConsoleTokensTable {
  token_hash: string;
  server_id: string;
  host: string;
  console_type: ConsoleType;
  base_url: string;
  expires_at: Date;
}

export interface ConsoleTables {
  console_tokens: ConsoleTokensTable;
}
