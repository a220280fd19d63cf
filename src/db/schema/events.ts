import type { Generated } from 'kysely';
import type { Json, Time } from './columns.ts';

/** The event log: every change, appended in the transaction that made it. */
export interface EventsTable {
  /** Assigned while the subject is locked, so the later of a subject's events has the larger number. */
  seq: Generated<number>;
  /** The epoch of the transaction number: raised when the database moved to another server. */
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

/** When each epoch of transaction numbers began; the newest is the column's default in `events`. */
export interface EventEpochsTable {
  epoch: number;
  began_at: Time;
}

export interface EventTables {
  events: EventsTable;
  event_epochs: EventEpochsTable;
}
