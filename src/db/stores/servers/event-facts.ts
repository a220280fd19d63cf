/** What notifications of servers say besides their events: who acted, how the server was before, what the operation began with. */
import { sql } from 'kysely';
import type { BegunWork } from '../../../events/servers.ts';
import type { Initiator } from '../../../objects/event-position.ts';
import type { CellDb } from '../../sql/queries.ts';

export interface ServerEventFacts {
  readonly initiator: Initiator | null;
  readonly before: { readonly vmState: string; readonly taskState: string | null; readonly name: string } | null;
  readonly work: BegunWork | null;
}

/** An event of a server: by its number, with its subject and its request. */
export interface ServerEventKey {
  readonly sequence: number;
  readonly subject: string;
  readonly requestId: string;
}

/** The facts of events of servers, by the numbers of the events. */
export async function factsOfServerEvents(db: CellDb, events: readonly ServerEventKey[]): Promise<ReadonlyMap<number, ServerEventFacts>> {
  if (events.length === 0) return new Map();
  const { rows } = await sql<ServerEventFacts & { sequence: number }>`
    SELECT asked.sequence, earlier.before, begun.work, action.initiator
    FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb) AS asked (sequence bigint, subject text, "requestId" text)
    LEFT JOIN LATERAL (
      SELECT jsonb_build_object('vmState', payload -> 'vmState', 'taskState', payload -> 'taskState', 'name', payload -> 'name') AS before
      FROM events WHERE subject = asked.subject AND seq < asked.sequence ORDER BY seq DESC LIMIT 1
    ) AS earlier ON true
    LEFT JOIN LATERAL (
      SELECT payload -> 'work' AS work FROM events
      WHERE subject = asked.subject AND seq <= asked.sequence AND request_id = asked."requestId" AND payload ? 'work' ORDER BY seq DESC LIMIT 1
    ) AS begun ON true
    LEFT JOIN LATERAL (
      SELECT jsonb_build_object('userId', user_id, 'projectId', project_id) AS initiator FROM instance_actions
      WHERE server_id = asked.subject::uuid AND request_id = asked."requestId" AND user_id IS NOT NULL LIMIT 1
    ) AS action ON true`.execute(db);
  return new Map(rows.map(({ sequence, ...facts }) => [sequence, facts]));
}
