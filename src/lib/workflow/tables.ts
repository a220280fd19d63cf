import type { ColumnType, Generated } from 'kysely';
import type { Context } from '../context/context.ts';
import type { MarshalledError } from '../errors/marshal.ts';

/** `pending` has not begun; `running` goes forward; `unwinding` undoes after a failure. */
const liveStatuses = ['pending', 'running', 'unwinding'] as const;
/** `undone` failed and was unwound; `superseded` gave way and was unwound. */
const endedStatuses = ['done', 'undone', 'superseded'] as const;
export const workflowStatuses = [...liveStatuses, ...endedStatuses] as const;
export type WorkflowStatus = (typeof workflowStatuses)[number];

const inSql = (statuses: readonly WorkflowStatus[]): string => `(${statuses.map((status) => `'${status}'`).join(', ')})`;
/** The statuses of workflows that have not ended, as a list in SQL: indexes are only used for literals. */
export const LIVE = inSql(liveStatuses);
/** The final statuses, as a list in SQL. */
export const ENDED = inSql(endedStatuses);

/** JSONB: read as a value, written as text. */
type Json<T> = ColumnType<T, string, string>;

/** One row per workflow: its definition and input, its position, and who holds it at which generation. */
export interface WorkflowsTable {
  id: string;
  /** The order of creation; workflows of one subject run in this order. */
  seq: Generated<number>;
  definition: string;
  subject: string;
  status: Generated<WorkflowStatus>;
  input: Json<object>;
  ctx: Json<Context>;
  cancel_requested: Generated<boolean>;
  owner: string | null;
  generation: Generated<number>;
  /** The current step; `attempt` counts its tries, `refusals` those that failed, `deaths` those whose owner died. */
  step: string | null;
  attempt: Generated<number>;
  refusals: Generated<number>;
  deaths: Generated<number>;
  failure: Json<MarshalledError> | null;
  /** Why the current step had to be retried. */
  last_error: Json<MarshalledError> | null;
  /** When progress on a task was last recorded, and its message. */
  heard_at: Date | null;
  heard: string | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  ended_at: Date | null;
}

/** The log: one row per step and phase that ended. */
export interface WorkflowStepsTable {
  workflow_id: string;
  step: string;
  phase: 'done' | 'failed' | 'undone';
  output: Json<unknown> | null;
  error: Json<MarshalledError> | null;
  started_at: Date;
  ended_at: Date;
}

/** Reports on the tasks of steps, kept until the workflow is pruned. */
export interface WorkflowReportsTable {
  task_id: string;
  workflow_id: string;
  outcome: Json<unknown>;
  reported_at: Generated<Date>;
}

/** The tables of this folder, to be merged into the application's Kysely schema. */
export interface WorkflowTables {
  workflows: WorkflowsTable;
  workflow_steps: WorkflowStepsTable;
  workflow_reports: WorkflowReportsTable;
}

/** The one LISTEN/NOTIFY channel; payloads are hints only (`run`, `cancel`, `report <task>`), the tables are the truth. */
export const WORKFLOW_CHANNEL = 'workflow';
