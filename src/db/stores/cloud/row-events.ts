/** Events that are written by the same statement that changes their row. */
import { type RawBuilder, sql } from 'kysely';

/** The columns of the event log that such a statement fills, in this order. */
export const EVENT_COLUMNS = ['type', 'subject', 'project_id', 'request_id', 'payload'] as const;

/** The parts of an event besides its subject. */
export interface RowEvent {
  readonly type: RawBuilder<string>;
  readonly requestId: RawBuilder<string>;
  readonly payload: RawBuilder<string>;
}

/** An event of the row in `alias`, as values for EVENT_COLUMNS. */
export const rowEvent = (alias: string, { type, requestId, payload }: RowEvent) => [
  type.as('type'),
  sql<string>`${sql.ref(`${alias}.id`)}::text`.as('subject'),
  sql<string>`${sql.ref(`${alias}.project_id`)}`.as('project_id'),
  requestId.as('request_id'),
  payload.as('payload'),
];
