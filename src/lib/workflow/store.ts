import type { Context } from '../context/context.ts';
import type { MarshalledError } from '../errors/marshal.ts';
import type { LogStatements } from './chronicle.ts';
import { isUniqueViolation, type Statement, type WorkflowDatabase } from './database.ts';
import { WorkflowFenced } from './errors.ts';
import { jsonText } from './json-text.ts';
import { type ReportOutcome, reportValues, workflowOf } from './report.ts';
import * as statements from './statements.ts';
import type { WorkflowStatus } from './tables.ts';
import type { WorkflowDefinition } from './workflow.ts';

/** An entry of the step log. */
export interface LogEntry {
  readonly step: string;
  readonly phase: 'done' | 'failed' | 'undone';
  readonly output?: unknown;
  readonly error?: MarshalledError;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** A claimed workflow, with its whole log. */
export interface ClaimedWorkflow {
  readonly id: string;
  /** Its place in the order of all workflows. */
  readonly seq: number;
  readonly generation: number;
  readonly definition: string;
  readonly subject: string;
  readonly input: object;
  readonly ctx: Context;
  readonly attempt: number;
  /** Of the tries of the current step: how many failed and were retried, and how many ended with the death of their owner. */
  readonly refusals: number;
  readonly deaths: number;
  /** Why the current step was retried last. */
  readonly lastError: MarshalledError | null;
  readonly failure: MarshalledError | null;
  readonly cancelRequested: boolean;
  /** No engine held it before, so none of its steps can have acted. */
  readonly fresh: boolean;
  /** The log; `empty` distinguishes a step that returned undefined from one that returned null. */
  readonly log: readonly { readonly step: string; readonly phase: LogEntry['phase']; readonly output: unknown; readonly empty: boolean }[];
}

/** An owner's hold on a workflow at a generation; writes are fenced by it. */
export interface Hold {
  readonly id: string;
  readonly owner: string;
  readonly generation: number;
}

/** A hold as the database has it now; `owner` is null where nobody holds the workflow. */
export interface Standing {
  readonly id: string;
  readonly owner: string | null;
  readonly generation: number;
  readonly cancelRequested: boolean;
}

/** A workflow whose owner died: what it was doing, and since when. */
export interface Orphan {
  readonly id: string;
  readonly definition: string;
  readonly step: string | null;
  readonly ctx: Context;
  readonly owner: string;
  /** When the interrupted try of the step began. */
  readonly since: Date;
}

/** What changes when a step ends: its log entry, the failure, and the workflow's next position. */
export interface Advance {
  readonly entry: LogEntry | null;
  readonly failure: MarshalledError | null;
  /** How the chronicle records the failure. */
  readonly account: object | null;
  readonly status: WorkflowStatus;
  readonly nextStep: string | null;
}

/** Which owner claims which free workflows: those of these ids, or any (null). */
export interface Claim {
  readonly owner: string;
  readonly definitions: readonly WorkflowDefinition[];
  readonly limit: number;
  readonly ids: readonly string[] | null;
}

const NO_ENTRY = [null, null, null, null, null, null];

const json = (value: unknown): string | null => (value === null ? null : (jsonText(value) ?? null));

/** The engine's statements. Writes to a workflow are fenced: unless (id, owner, generation) still match, they throw WorkflowFenced. */
export class WorkflowStore {
  readonly #db: WorkflowDatabase;
  readonly #log: LogStatements;

  constructor(db: WorkflowDatabase, log: LogStatements) {
    this.#db = db;
    this.#log = log;
  }

  /** Claims free workflows, oldest first; each gets a new generation, which fences off its previous holder. */
  async claim({ owner, definitions, limit, ids }: Claim): Promise<ClaimedWorkflow[]> {
    const [names, firstSteps] = [definitions.map(({ name }) => name), definitions.map(({ steps }) => steps[0]?.name ?? null)];
    try {
      return await this.#db.query<ClaimedWorkflow>(this.#log.claim, [owner, names, limit, ids, firstSteps]);
    } catch (error) {
      // Two engines each saw a different first workflow of one subject; the loser looks again at its next claim.
      if (isUniqueViolation(error)) return [];
      throw error;
    }
  }

  /**
   * Logs the end of one step and the start of the next in one statement. Returns whether the workflow should give way and, when this is
   * its end, whether others of its subject are waiting for that.
   */
  async advance(
    hold: Hold,
    { entry, failure, account, status, nextStep }: Advance,
  ): Promise<{ cancelRequested: boolean; othersWait: boolean }> {
    // null is a value; undefined means no output.
    const output = jsonText(entry?.output) ?? null;
    const logged = entry ? [entry.step, entry.phase, output, json(entry.error), entry.startedAt, entry.endedAt] : NO_ENTRY;
    return this.#held(hold, this.#log.advance, [status, nextStep, json(failure), ...logged, json(account)]);
  }

  /** Records why the current step is retried. */
  note(hold: Hold, error: MarshalledError): Promise<{ cancelRequested: boolean }> {
    return this.#held(hold, statements.note, [json(error)]);
  }

  /** Releases a workflow that has not ended, for any engine to adopt. */
  release(hold: Hold): Promise<{ cancelRequested: boolean }> {
    return this.#held(hold, statements.release, []);
  }

  /** Frees the workflows recorded as held by these owners, which died, except the ids that are really held; returns how each was held. */
  free(owners: readonly string[], heldInFact: readonly string[]): Promise<Orphan[]> {
    return this.#db.query(statements.free, [owners, heldInFact]);
  }

  /** Who is recorded as holding these workflows, and whether they should give way. */
  standings(ids: readonly string[]): Promise<Standing[]> {
    return this.#db.query(statements.standings, [ids]);
  }

  /** The owners, other than `self`, of workflows that have not ended. */
  async otherOwners(self: string): Promise<string[]> {
    return (await this.#db.query<{ owner: string }>(statements.otherOwners, [self])).map((row) => row.owner);
  }

  /** The reports stored for these tasks. */
  reports(taskIds: readonly string[]): Promise<{ taskId: string; outcome: ReportOutcome }[]> {
    return this.#db.query(statements.reports, [taskIds]);
  }

  /** Stores the first report of a task; returns whether this was the first. */
  async report(taskId: string, outcome: ReportOutcome, { notify }: { notify: boolean }): Promise<boolean> {
    return (await this.#db.query(statements.report, [...reportValues(taskId, outcome), notify])).length > 0;
  }

  /** How long ago progress on the task's workflow was last recorded; undefined when it never was. */
  async silentMs(taskId: string): Promise<number | undefined> {
    const [row] = await this.#db.query<{ silentMs: number | null }>(statements.silence, [workflowOf(taskId)]);
    return row?.silentMs ?? undefined;
  }

  /** Deletes a report, so that a retry of the task can get another. */
  async forgetReport(taskId: string): Promise<void> {
    await this.#db.query(statements.forgetReport, [taskId]);
  }

  /** Deletes at most `limit` workflows that ended before `olderThan`, with their logs and reports. Returns how many. */
  async prune(olderThan: Date, limit: number): Promise<number> {
    return (await this.#db.query(statements.prune, [olderThan, limit])).length;
  }

  async #held<Row extends object = { cancelRequested: boolean }>(hold: Hold, statement: Statement, values: unknown[]): Promise<Row> {
    const [row] = await this.#db.query<Row>(statement, [hold.id, hold.owner, hold.generation, ...values]);
    if (!row) throw WorkflowFenced({ workflowId: hold.id, generation: hold.generation });
    return row;
  }
}
