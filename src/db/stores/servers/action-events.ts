import type { CellDb } from '../../sql/queries.ts';

/** A step of an action on a server, as shown to users. */
export interface ActionEvent {
  readonly event: string;
  /** The compute host that did it; null if none did. */
  readonly host: string | null;
  readonly result: 'Success' | 'Error' | null;
  readonly traceback: string | null;
  /** Why it failed, without host names. */
  readonly details: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** The name under which users see a step; `{action}` is replaced from the workflow's input. */
export interface StepName {
  readonly definition: string;
  readonly step: string;
  readonly event: string;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Records those steps of `begun` that have a name, keyed by workflow and step, so that a step restarted after a crash is still the same.
 * A step that runs on a host is recorded with the server's host.
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

/** Records how the current step of the workflow in `ended` ended: with success, or with the error in its account. */
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
