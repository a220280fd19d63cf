import type { ColumnType } from 'kysely';
import type { OptionalJson, Time } from './columns.ts';

/** The first answer to a mutating call that carried an Idempotency-Key. */
export interface IdempotencyKeysTable {
  project_id: string;
  key: string;
  fingerprint: string;
  status: number | null;
  headers: OptionalJson<Record<string, string>>;
  body: string | null;
  /** The request that does the work; a retry after a crash continues under this id. */
  request_id: string;
  /** The process that does the work, and its lock's name. */
  holder: string | null;
  /** Until then that request holds the key, unless its process ends. */
  reserved_until: Time;
  created_at: Time;
}

/** The result of a change of a request with an Idempotency-Key, written in the change's transaction. */
export interface ChangeResultsTable {
  request_id: string;
  /** Which of the request's changes. */
  what: string;
  result: ColumnType<unknown, string | null | undefined, string | null>;
  at: Time;
}

export interface IdempotencyTables {
  idempotency_keys: IdempotencyKeysTable;
  change_results: ChangeResultsTable;
}
