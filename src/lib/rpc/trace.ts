/** The hook that records each hop of a request; this folder only calls it. */
import type { Context } from '../context/context.ts';

/** One hop: which service (the topic) does what (the message), for whom. */
export interface Hop {
  readonly service: string;
  readonly what: string;
  readonly ctx: Context;
}

/** Runs a handler inside a recorded hop; may give it a new context (with the hop as `spanId`). */
export interface RpcTrace {
  around<T>(hop: Hop, run: (ctx: Context) => Promise<T>): Promise<T>;
}

/** Records nothing. */
export const noTrace: RpcTrace = { around: (hop, run) => run(hop.ctx) };
