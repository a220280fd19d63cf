import type { Context } from '../context/context.ts';

/** One try of a step, as a hop of the request that started the workflow. */
export interface WorkflowHop {
  readonly workflow: string;
  readonly step: string;
  /** `unwound` is the hook at the end of an unwinding, which belongs to no step. */
  readonly phase: 'do' | 'undo' | 'unwound';
  readonly ctx: Context;
}

/** Records hops and gives the step the context to use. An error that the tracer itself throws counts as the step's failure. */
export interface WorkflowTrace {
  around<T>(hop: WorkflowHop, run: (ctx: Context) => Promise<T>): Promise<T>;
}

/** Records nothing. */
export const noTrace: WorkflowTrace = { around: (hop, run) => run(hop.ctx) };
