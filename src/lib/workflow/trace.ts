import type { Context } from '../context/context.ts';

/** One try of a step, as a hop of the request that started the workflow. */
export interface WorkflowHop {
  readonly workflow: string;
  readonly step: string;
  /** `unwound` is the hook at the end of an unwinding, which belongs to no step. */
  readonly phase: 'do' | 'undo' | 'unwound';
  readonly ctx: Context;
}

/** The death of an owner in the middle of a workflow. */
export interface WorkflowInterruption {
  readonly workflow: string;
  /** The step that it was at; null before the first. */
  readonly step: string | null;
  readonly ctx: Context;
  readonly died: string;
  /** Who continues; null where nobody has taken the workflow yet. */
  readonly successor: string | null;
  /** When the interrupted try of the step began. */
  readonly since: Date;
}

/** Records hops and gives the step the context to use. An error that the tracer itself throws counts as the step's failure. */
export interface WorkflowTrace {
  around<T>(hop: WorkflowHop, run: (ctx: Context) => Promise<T>): Promise<T>;
  /** Records what no hop tells: its process died before the hop's end. */
  interrupted(interruption: WorkflowInterruption): void;
}

/** Records nothing. */
export const noTrace: WorkflowTrace = { around: (hop, run) => run(hop.ctx), interrupted: () => {} };
