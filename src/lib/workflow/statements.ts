import type { Statement } from './database.ts';
import { ENDED, LIVE, WORKFLOW_CHANNEL } from './tables.ts';

// The engine's SQL. Each statement lists its parameters; $1, $2, $3 of a fenced write are id, owner, generation.

/** $1 owners that died, $2 ids that are really held and stay. Answers with what each workflow was before. */
export const free: Statement = {
  name: 'workflow-free',
  text: `
    with held as (
      select id, owner, updated_at from workflows
      where status in ${LIVE} and owner = any($1::text[]) and id <> all($2::text[])
      order by id for update
    )
    update workflows w set owner = null, deaths = w.deaths + 1, updated_at = now() from held where w.id = held.id
    returning w.id, w.definition, w.step, w.ctx, held.owner, held.updated_at as "since"`,
};

/**
 * $1 owner, $2 definitions, $3 limit, $4 ids or null for any, $5 the first step of each definition.
 * Oldest first; of each subject only the first workflow that has not ended, and none if another of the subject has begun.
 */
export const claim = {
  name: 'workflow-claim',
  text: (begins: string) => `
    with picked as (
      select w.id, w.status from workflows w
      where w.status in ${LIVE} and w.definition = any($2::text[])
        and w.owner is null and ($4::text[] is null or w.id = any($4::text[]))
        and not exists (
          select from workflows other
          where other.subject = w.subject and other.status in ${LIVE}
            and other.id <> w.id and (other.seq < w.seq or other.status <> 'pending'))
      order by w.seq limit $3::int for update of w skip locked
    ), claimed as (
      update workflows w set owner = $1, generation = w.generation + 1, attempt = w.attempt + 1, updated_at = now(),
        status = case when w.status = 'pending' then 'running' else w.status end,
        step = case when w.status = 'pending' then ($5::text[])[array_position($2::text[], w.definition)] else w.step end
      from picked where w.id = picked.id
      returning w.*, picked.status = 'pending' as fresh
    ), begun as (
      select id as workflow_id, definition, subject, input, ctx, step from claimed where status = 'running'
    ), told as (${begins})
    select id, seq, generation, definition, subject, input, ctx, attempt, refusals, deaths, last_error as "lastError", failure,
      cancel_requested as "cancelRequested", fresh,
      case when fresh then '[]'::json else coalesce((
        select json_agg(json_build_object('step', l.step, 'phase', l.phase, 'output', l.output, 'empty', l.output is null))
        from workflow_steps l where l.workflow_id = claimed.id), '[]'::json) end as log
    from claimed`,
};

/**
 * $4 status, $5 next step, $6 failure or null; $7 to $12 the log entry: step (null for none), phase, output, error, began, ended; $13 the
 * account of the failure or null.
 */
export const advance = {
  name: 'workflow-advance',
  text: (begins: string, ends: string) => `
    with held as (
      update workflows set status = $4, step = $5, attempt = 1, refusals = 0, deaths = 0, last_error = null, failure = coalesce($6::jsonb, failure),
        updated_at = now(),
        ended_at = case when $4::text in ${ENDED} then now() end,
        owner = case when $4::text in ${ENDED} then null else owner end
      where id = $1 and owner = $2 and generation = $3
      returning id, definition, subject, input, ctx, cancel_requested
    ), logged as (
      insert into workflow_steps (workflow_id, step, phase, output, error, started_at, ended_at)
      select id, $7, $8, $9::jsonb, $10::jsonb, $11::timestamptz, $12::timestamptz from held where $7::text is not null
      on conflict (workflow_id, step, phase) do nothing
    ), ended as (
      select id as workflow_id, case when $4::text = 'running' then $5::text end as next_step, $13::jsonb as account from held
    ), told_end as (${ends}), begun as (
      select id as workflow_id, definition, subject, input, ctx, $5::text as step from held where $4::text = 'running'
    ), told_beginning as (${begins})
    select cancel_requested as "cancelRequested",
      $4::text in ${ENDED}
        and exists (select from workflows other where other.subject = held.subject and other.status = 'pending') as "othersWait"
    from held`,
};

/** $4 the error. */
export const note: Statement = {
  name: 'workflow-note',
  text: `
    update workflows set attempt = attempt + 1, refusals = refusals + 1, last_error = $4::jsonb, updated_at = now()
    where id = $1 and owner = $2 and generation = $3
    returning cancel_requested as "cancelRequested"`,
};

export const release: Statement = {
  name: 'workflow-release',
  text: `
    with released as (
      update workflows set owner = null, updated_at = now() where id = $1 and owner = $2 and generation = $3
      returning cancel_requested
    )
    select cancel_requested as "cancelRequested", pg_notify('${WORKFLOW_CHANNEL}', 'run') from released`,
};

/** $1 ids. */
export const standings: Statement = {
  name: 'workflow-standings',
  text: 'select id, owner, generation, cancel_requested as "cancelRequested" from workflows where id = any($1::text[])',
};

export const otherOwners: Statement = {
  name: 'workflow-other-owners',
  text: `
    select distinct owner from workflows
    where status in ${LIVE} and owner is not null and owner <> $1`,
};

export const reports: Statement = {
  name: 'workflow-reports',
  text: 'select task_id as "taskId", outcome from workflow_reports where task_id = any($1::text[])',
};

/** $1 task id, $2 workflow id, $3 outcome, $4 whether to notify. */
export const report: Statement = {
  name: 'workflow-report',
  text: `
    with stored as (
      insert into workflow_reports (task_id, workflow_id, outcome)
      select $1, id, $3::jsonb from workflows where id = $2 and ended_at is null
      on conflict (task_id) do nothing returning task_id
    )
    select case when $4::boolean then pg_notify('${WORKFLOW_CHANNEL}', 'report ' || task_id) end from stored`,
};

/** $1 workflow id. */
export const silence: Statement = {
  name: 'workflow-silence',
  text: `select (extract(epoch from now() - heard_at) * 1000)::float8 as "silentMs" from workflows where id = $1`,
};

export const forgetReport: Statement = {
  name: 'workflow-forget-report',
  text: 'delete from workflow_reports where task_id = $1',
};

/** $1 the time, $2 the limit. */
export const prune: Statement = {
  name: 'workflow-prune',
  text: `
    delete from workflows where id in (select id from workflows where ended_at < $1::timestamptz order by ended_at limit $2::int)
    returning id`,
};
