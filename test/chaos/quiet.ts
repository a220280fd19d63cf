/** Whether a cloud is at rest: no work is pending, no server is changing, every service sends heartbeats. */
import { systemClock } from '../../src/lib/clock/clock.ts';
import { query } from '../support/books.ts';
import type { Cloud } from '../support/cloud.ts';

const LOOK_MS = 200;

/** The query for all work in progress, each with its owner and state. */
const restless = `
  select 'workflow ' || w.definition || ' of server ' || w.subject || ': ' || w.status || ' at step ' || coalesce(w.step, '-')
    || ', attempt ' || w.attempt || ', owner ' || coalesce(w.owner, 'nobody') || ', task_state ' || coalesce(s.task_state, '-')
    || coalesce(', last error ' || left(w.last_error->>'message', 200), '') as what
  from workflows w left join servers s on s.id::text = w.subject where w.ended_at is null
  union all
  select 'server ' || id || ': ' || task_state || ' held by workflow ' || coalesce(workflow_id, 'nobody') from servers s
  where task_state is not null and not exists (select from workflows w where w.id = s.workflow_id and w.ended_at is null)
  union all
  select 'image ' || id || ': ' || status from images where status not in ('queued', 'active', 'deleted')`;

const silentServices = `
  select binary_name || ' on ' || host || ' is silent' as what from (
    select "binary" as binary_name, host, extract(epoch from now() - seen_at) as silent from services) as members
  where silent > $1`;

/** What is not at rest, in words. An unreachable database is not at rest. */
export async function unrest(cloud: Cloud, downAfterMs: number): Promise<readonly string[]> {
  try {
    const [busy, silent] = await Promise.all([
      query<{ what: string }>(cloud, restless),
      query<{ what: string }>(cloud, silentServices, [downAfterMs / 1000]),
    ]);
    return [...busy, ...silent].map(({ what }) => what);
  } catch (error) {
    return [`the database cannot be asked: ${String(error)}`];
  }
}

/** Waits for rest. @returns what is still not at rest */
export async function comeToRest(cloud: Cloud, options: { downAfterMs: number; timeoutMs: number }): Promise<readonly string[]> {
  const untilMs = systemClock.monotonicMs() + options.timeoutMs;
  for (;;) {
    const left = await unrest(cloud, options.downAfterMs);
    if (left.length === 0 || systemClock.monotonicMs() > untilMs) return left;
    await systemClock.sleep(LOOK_MS);
  }
}

/** How many servers are in each task state when a fault hits. */
export async function atWork(cloud: Cloud): Promise<string> {
  const text = `select task_state || ' ' || count(*) as what from servers where task_state is not null group by task_state order by task_state`;
  const rows = await query<{ what: string }>(cloud, text).catch(() => [{ what: 'who knows' }]);
  return rows.map(({ what }) => what).join(', ') || 'no server';
}
