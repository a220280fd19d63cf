import type { ColumnType } from 'kysely';

/** The hops of requests: what `nova-ts manage trace` prints. */
export interface RequestHopsTable {
  request_id: string;
  span_id: string;
  parent_span_id: string | null;
  service: string;
  what: string;
  host: string;
  started_at: Date;
  duration_ms: number;
  /** 'ok', or the code of an error. */
  outcome: string;
  created_at: ColumnType<Date, Date | undefined, never>;
}

export interface TraceTables {
  request_hops: RequestHopsTable;
}
