import type { OptionalJson, Time } from './columns.ts';

/** The first answer to a mutating call that carried an Idempotency-Key. */
export interface IdempotencyKeysTable {
  project_id: string;
  key: string;
  fingerprint: string;
  status: number | null;
  headers: OptionalJson<Record<string, string>>;
  body: string | null;
  /** The request that does the work; one that comes again after a crash goes on under this id. */
  request_id: string;
  /** Until when that request is waited for. */
  reserved_until: Time;
  created_at: Time;
}

export interface IdempotencyTables {
  idempotency_keys: IdempotencyKeysTable;
}
