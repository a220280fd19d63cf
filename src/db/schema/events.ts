import type { Generated } from 'kysely';
import type { Json, Time } from './columns.ts';

/** Every state change there ever was, appended in the transaction that made it. */
export interface EventsTable {
  /** Taken while the subject is held: of two events of one subject the later one has the larger. */
  seq: Generated<number>;
  /** In which the numbers of transactions count: raised when the database came to another server. */
  epoch: Generated<number>;
  /** The transaction that wrote it; a 64-bit number, as text. */
  transaction: Generated<string>;
  /** `server.create.start`, `flavor.delete`, ...: the catalogue is in src/events. */
  type: string;
  subject: string;
  project_id: string | null;
  request_id: string;
  payload: Json<Record<string, unknown>>;
  at: Time;
}

/** When the numbers of transactions began to be counted anew; the newest epoch is the column's default in `events`. */
export interface EventEpochsTable {
  epoch: number;
  began_at: Time;
}

export interface EventTables {
  events: EventsTable;
  event_epochs: EventEpochsTable;
}
