import type { ConductorRpcApi } from '../../conductor/rpcapi.ts';
import { serviceContext } from '../../lib/context/context.ts';
import type { HopSink } from '../../lib/trace/hop.ts';
import { SPAN_ID_BYTES, Tracer } from '../../lib/trace/tracer.ts';
import type { WorkflowHop, WorkflowInterruption, WorkflowTrace } from '../../lib/workflow/trace.ts';
import type { Runtime } from './runtime.ts';

/** Records the hops of this program into a sink. */
export function openTracer({ clock, ids, log, host, life }: Runtime, sink: HopSink): Tracer {
  return life.hold('the tracer', new Tracer({ sink, clock, ids, log, host }), (tracer) => tracer.close());
}

/** A program without a database sends its hops to a conductor. */
export const conductorSink = (conductor: ConductorRpcApi): HopSink => ({
  write: (hops) =>
    conductor.recordHops(serviceContext('req-hops'), {
      hops: hops.map(({ parentSpanId, startedAt, ...hop }) => ({
        ...hop,
        startedAt: startedAt.toISOString(),
        ...(parentSpanId === undefined ? {} : { parentSpanId }),
      })),
    }),
});

/** Records workflow steps as hops of the conductor, also those that the death of their conductor cut short. */
export const traceWorkflows = (tracer: Tracer, { clock, ids, host }: Pick<Runtime, 'clock' | 'ids' | 'host'>): WorkflowTrace => ({
  around: (hop, run) => tracer.around({ service: 'conductor', what: whatOf(hop), ctx: hop.ctx }, run),
  interrupted: (interruption) => {
    const { ctx, since } = interruption;
    const now = clock.now().getTime();
    tracer.record({
      requestId: ctx.requestId,
      spanId: ids.hex(SPAN_ID_BYTES),
      parentSpanId: ctx.spanId,
      service: 'conductor',
      what: whatDied(interruption),
      host,
      // The database's clock may be ahead of ours.
      startedAt: new Date(Math.min(since.getTime(), now)),
      durationMs: Math.max(0, now - since.getTime()),
      outcome: 'Died',
    });
  },
});

const whatOf = ({ workflow, step, phase }: WorkflowHop): string => {
  if (phase === 'unwound') return `${workflow} (unwound)`;
  return `${workflow}/${step}${phase === 'undo' ? ' (undo)' : ''}`;
};

const whatDied = ({ workflow, step, died, successor }: WorkflowInterruption): string => {
  const at = step === null ? workflow : `${workflow}/${step}`;
  if (successor === null) return `${at} (the conductor on ${died} died; the next free one takes over)`;
  return successor === died
    ? `${at} (the conductor on ${died} died; it goes on after its restart)`
    : `${at} (the conductor on ${died} died; ${successor} takes over)`;
};
