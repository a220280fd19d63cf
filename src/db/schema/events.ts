import type { Generated } from 'kysely';
import type { Json, Time } from './columns.ts';

/** Every state change there ever was, in order, appended in the transaction that made it. */
export interface EventsTable {
  seq: Generated<number>;
  type: string;
  subject: string;
  project_id: string | null;
  request_id: string;
  payload: Json<Record<string, unknown>>;
  at: Time;
}

export interface EventTables {
  events: EventsTable;
}
