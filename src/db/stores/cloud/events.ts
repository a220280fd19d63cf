import type { InTransaction, Queries } from '../../sql/queries.ts';

/** A state change, as it is told to whoever wants to know. */
export interface NewEvent {
  /** `server.active`, `server.deleted`, ... */
  readonly type: string;
  readonly subject: string;
  readonly projectId: string | null;
  readonly requestId: string;
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** What the events of one type are about that a request made: what it has done already. */
export async function subjectsOf(db: Queries, event: Pick<NewEvent, 'type' | 'requestId'>): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('events')
    .select('subject')
    .where('request_id', '=', event.requestId)
    .where('type', '=', event.type)
    .orderBy('seq')
    .execute();
  return rows.map(({ subject }) => subject);
}

/** Appends to the one event log, in the transaction that changes the state, so that neither is ever without the other. */
export async function appendEvent(trx: InTransaction, event: NewEvent): Promise<void> {
  await trx
    .insertInto('events')
    .values({
      type: event.type,
      subject: event.subject,
      project_id: event.projectId,
      request_id: event.requestId,
      payload: JSON.stringify(event.payload ?? {}),
    })
    .execute();
}
