import type { Generated } from 'kysely';
import type { Json, OptionalJson, Time } from './columns.ts';
import type { Initiator } from '../../objects/event-position.ts';

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
  /** Who caused it, where the statement that wrote it knew; else the action of the server says so. */
  initiator: OptionalJson<Initiator>;
  at: Time;
}

/** When each epoch of transaction numbers began; the newest is the column's default in `events`. */
export interface EventEpochsTable {
  epoch: number;
  began_at: Time;
}

/** How far a reader of the log that must not read twice has come, and who reads until when. */
export interface NotificationCursorsTable {
  name: string;
  position: string;
  holder: string | null;
  held_until: Date | null;
}

export interface EventTables {
  events: EventsTable;
  event_epochs: EventEpochsTable;
  notification_cursors: NotificationCursorsTable;
}
