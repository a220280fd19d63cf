import { sql } from 'kysely';
import type { Event } from '../../../events/event-type.ts';
import type { Context } from '../../../lib/context/context.ts';
import type { InTransaction } from '../../sql/queries.ts';

/** On whose behalf events are written. */
export type Cause = Pick<Context, 'requestId' | 'userId' | 'projectId'>;

/** Appends to the event log, in the transaction of the changes that the events report: both are written or neither. */
export async function appendEvents(trx: InTransaction, { requestId, ...initiator }: Cause, events: readonly Event[]): Promise<void> {
  if (events.length === 0) return;
  // One statement for any number of events: planned once, one round trip.
  await sql`
    INSERT INTO events (type, subject, project_id, request_id, payload, initiator)
    SELECT told.event ->> 'type', told.event ->> 'subject', told.event ->> 'projectId', ${requestId}, told.event -> 'payload',
      ${initiator.userId === null ? null : JSON.stringify({ userId: initiator.userId, projectId: initiator.projectId })}::jsonb
    FROM jsonb_array_elements(${JSON.stringify(events)}::jsonb) WITH ORDINALITY AS told (event, place) ORDER BY told.place`.execute(trx);
}
