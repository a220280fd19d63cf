import type { CellDb } from '../../sql/queries.ts';

/** A step of what was done to a server, as it is told to users. */
export interface ActionEvent {
  readonly event: string;
  /** Where it was done; null for what no compute host did. */
  readonly host: string | null;
  readonly result: 'Success' | 'Error' | null;
  readonly traceback: string | null;
  /** Why it failed, in a sentence that names no hosts. */
  readonly details: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** Under which name users see which step; `{action}` stands for that part of the workflow's input. */
export interface StepName {
  readonly definition: string;
  readonly step: string;
  readonly event: string;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Notes the steps of `begun` that have a name: each by its workflow and itself, so that one begun again after a crash is still the same.
 * What a host does is told with the host where the server is.
 */
export const beginSteps = (names: readonly StepName[]): string => `
  insert into instance_action_events (server_id, request_id, workflow_id, step, event, host)
  select server.id, begun.ctx ->> 'requestId', begun.workflow_id, begun.step,
    replace(named.event, '{action}', coalesce(begun.input ->> 'action', '')),
    case when named.event like 'compute%' then server.host end
  from begun
  join (values ${names.map(({ definition, step, event }) => `(${[definition, step, event].map(quoted).join(', ')})`).join(', ')})
    as named (definition, step, event) on named.definition = begun.definition and named.step = begun.step
  join servers as server on server.id = begun.subject::uuid
  on conflict (workflow_id, step) do update set result = null, traceback = null, details = null, finished_at = null`;

/** Notes how the step under way of the workflow in `ended` ended: well, or with what the account says. */
export const END_STEP = `
  update instance_action_events as event
  set finished_at = now(), result = case when account is null then 'Success' else 'Error' end,
    traceback = account ->> 'traceback', details = account ->> 'details'
  from ended where event.workflow_id = ended.workflow_id and event.finished_at is null and event.step is distinct from ended.next_step`;

/** The steps of an action, in the order in which they began. */
export async function eventsOfAction(db: CellDb, key: { serverId: string; requestId: string }): Promise<readonly ActionEvent[]> {
  const rows = await db
    .selectFrom('instance_action_events')
    .selectAll()
    .where('server_id', '=', key.serverId)
    .where('request_id', '=', key.requestId)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    event: row.event,
    host: row.host,
    result: row.result,
    traceback: row.traceback,
    details: row.details,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  }));
}
