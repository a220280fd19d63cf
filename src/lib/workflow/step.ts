import type { Context } from '../context/context.ts';
import type { Backoff } from './backoff.ts';

/** How to wait for a report: a timeout, and optionally how to send and resend the request. */
export interface AwaitReport {
  /** Sends the request that the report answers. Absent when it was sent before. */
  readonly send?: () => Promise<unknown>;
  /** Without a report or a sign of progress for this long, the step fails with WorkflowStepTimedOut. */
  readonly timeoutMs: number;
  /** Sends the request again in case it was lost; its own failures are logged and ignored. */
  readonly resend?: () => Promise<unknown>;
  /** How long to wait before each resend; 30 s when absent. */
  readonly resendEveryMs?: number;
}

/** What a step knows of the run it belongs to. */
export interface StepContext {
  readonly workflowId: string;
  readonly step: string;
  /** The id to report to this step: `<workflow>/<step>`, with `/undo` appended while undoing. */
  readonly taskId: string;
  /** Rises from move to move of a subject's workflows: receivers use it to refuse stale requests (`fenceOf`). */
  readonly fence: number;
  /** Who asked for the workflow. */
  readonly ctx: Context;
  /** 1 at first; higher after a retry or after a crash in the middle of the step. */
  readonly attempt: number;
  /** Aborts when the step times out, the workflow has to give way, or the engine stops. */
  readonly signal: AbortSignal;
  /** Waits for `report(taskId, ...)` from any process; a report that came earlier counts. Throws the reported error. */
  awaitReport<T>(wait: AwaitReport): Promise<T>;
}

/** A value as read back from the step log, that is, after a round trip through JSON. */
export type Stored<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends void
    ? undefined
    : T extends Date
      ? string
      : T extends (...args: never) => unknown
        ? never
        : { [K in keyof T]: Stored<T[K]> };

/**
 * One step. It may run more than once (after a retry or a crash), so `do` and `undo` are idempotent.
 * `undo` sees what `do` saw, never what it returned: it also runs for the step that failed, which may have acted before it failed.
 */
export interface Step<Scope, Out> {
  readonly do: (scope: Scope, w: StepContext) => Promise<Out> | Out;
  readonly undo?: (scope: Scope, w: StepContext) => Promise<unknown> | unknown;
  /** How errors of kind `unavailable` in `do` are retried; `doBackoff` fills what is absent. */
  readonly retries?: Partial<Backoff>;
  /** Timeout of one try, not counting waits for reports (they have their own timeout); 5 minutes when absent. */
  readonly timeoutMs?: number;
}

/** A step as the engine sees it: only the builder knows the types of its functions' parameters. */
export interface ErasedStep extends Step<never, unknown> {
  readonly name: string;
}
