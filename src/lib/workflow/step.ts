import type { Context } from '../context/context.ts';
import type { Backoff } from './backoff.ts';

/** How to wait for word from elsewhere: a bound, and optionally a way to ask again. */
export interface AwaitReport {
  /** Asks for what will be reported. Left out, it was asked for before. */
  readonly send?: () => Promise<unknown>;
  /** After so long without a report or a word of progress the step fails with WorkflowStepTimedOut. */
  readonly timeoutMs: number;
  /** Asks once more, for the case that the first request was lost; its own failures are logged and ignored. */
  readonly resend?: () => Promise<unknown>;
  /** How long to wait before each resend; 30 s when absent. */
  readonly resendEveryMs?: number;
}

/** What a step knows of the run it belongs to. */
export interface StepContext {
  readonly workflowId: string;
  readonly step: string;
  /** The name under which somebody reports to this step: `<workflow>/<step>`, with `/undo` behind it while undoing. */
  readonly taskId: string;
  /** Rises from move to move of the workflows of a subject: by it others refuse what this step asked of them and what comes too late (`fenceOf`). */
  readonly fence: number;
  /** Who asked for the workflow. */
  readonly ctx: Context;
  /** 1 at first; higher after a retry or after a crash in the middle of the step. */
  readonly attempt: number;
  /** Aborts when the step's time is over, the workflow has to give way, or the engine stops. */
  readonly signal: AbortSignal;
  /** Waits for `report(taskId, ...)` by any process, also one that came before; throws the reported error. */
  awaitReport<T>(wait: AwaitReport): Promise<T>;
}

/** A value as it comes back from the step log, that is, after a trip through JSON. */
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
  /** Bound of one try, waiting for reports not counted (that has its own bound); 5 minutes when absent. */
  readonly timeoutMs?: number;
}

/** A step as the engine holds it: what its functions want is known only to the builder that typed them. */
export interface ErasedStep extends Step<never, unknown> {
  readonly name: string;
}
