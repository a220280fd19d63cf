import { sql } from 'kysely';
import type { Queries } from './queries.ts';

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

/** A step by the workflow that takes it: begun again after a crash it is still the same. */
export interface StepKey {
  readonly workflowId: string;
  readonly step: string;
}

export interface BegunStep extends StepKey {
  readonly serverId: string;
  readonly requestId: string;
  readonly event: string;
  readonly host: string | null;
}

/** Notes that a step begins, or does so again. */
export async function beginStep(db: Queries, step: BegunStep): Promise<void> {
  await db
    .insertInto('instance_action_events')
    .values({
      server_id: step.serverId,
      request_id: step.requestId,
      workflow_id: step.workflowId,
      step: step.step,
      event: step.event,
      host: step.host,
    })
    .onConflict((conflict) =>
      conflict.columns(['workflow_id', 'step']).doUpdateSet({ result: null, traceback: null, details: null, finished_at: null }),
    )
    .execute();
}

/** Notes how it ended: well, or with what failed. */
export async function endStep(
  db: Queries,
  { workflowId, step }: StepKey,
  failure?: { readonly traceback: string; readonly details: string },
): Promise<void> {
  await db
    .updateTable('instance_action_events')
    .set({
      finished_at: sql`now()`,
      result: failure ? 'Error' : 'Success',
      traceback: failure?.traceback ?? null,
      details: failure?.details ?? null,
    })
    .where('workflow_id', '=', workflowId)
    .where('step', '=', step)
    .execute();
}

/** The steps of an action, in the order in which they began. */
export async function eventsOfAction(db: Queries, key: { serverId: string; requestId: string }): Promise<readonly ActionEvent[]> {
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
