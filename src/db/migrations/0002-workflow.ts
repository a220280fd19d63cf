import { type Kysely, sql } from 'kysely';

/** Durable workflows, their step logs, and reports to their steps (see lib/workflow/tables.ts). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table workflows (
      id text primary key,
      seq bigint generated always as identity,
      definition text not null,
      subject text not null,
      status text not null default 'pending'
        check (status in ('pending', 'running', 'unwinding', 'done', 'undone', 'superseded')),
      input jsonb not null,
      ctx jsonb not null,
      cancel_requested boolean not null default false,
      owner text,
      generation integer not null default 0,
      step text,
      attempt integer not null default 0,
      failure jsonb,
      last_error jsonb,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      ended_at timestamptz,
      check ((status in ('done', 'undone', 'superseded')) = (ended_at is not null))
    ) with (fillfactor = 60)`.execute(db);
  // The database enforces "one at a time per subject", whatever the engines believe.
  await sql`create unique index workflows_one_per_subject on workflows (subject) where status in ('running', 'unwinding')`.execute(db);
  await sql`create index workflows_waiting on workflows (subject, seq) where status in ('pending', 'running', 'unwinding')`.execute(db);
  // For claiming: reads only free workflows, however many are held or waiting.
  await sql`
    create index workflows_free on workflows (seq)
    where owner is null and status in ('pending', 'running', 'unwinding')`.execute(db);
  await sql`create index workflows_ended on workflows (ended_at) where ended_at is not null`.execute(db);
  await sql`
    create table workflow_steps (
      workflow_id text not null references workflows (id) on delete cascade,
      step text not null,
      phase text not null check (phase in ('done', 'failed', 'undone')),
      output jsonb,
      error jsonb,
      started_at timestamptz not null,
      ended_at timestamptz not null,
      primary key (workflow_id, step, phase)
    )`.execute(db);
  await sql`
    create table workflow_reports (
      task_id text primary key,
      workflow_id text not null references workflows (id) on delete cascade,
      outcome jsonb not null,
      reported_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index workflow_reports_workflow on workflow_reports (workflow_id)`.execute(db);
}
