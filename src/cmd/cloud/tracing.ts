import type { ConductorRpcApi } from '../../conductor/rpcapi.ts';
import { serviceContext } from '../../lib/context/context.ts';
import type { HopSink } from '../../lib/trace/hop.ts';
import { Tracer } from '../../lib/trace/tracer.ts';
import type { WorkflowHop, WorkflowTrace } from '../../lib/workflow/trace.ts';
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

/** Records workflow steps as hops of the conductor. */
export const traceWorkflows = (tracer: Tracer): WorkflowTrace => ({
  around: (hop, run) => tracer.around({ service: 'conductor', what: whatOf(hop), ctx: hop.ctx }, run),
});

const whatOf = ({ workflow, step, phase }: WorkflowHop): string => {
  if (phase === 'unwound') return `${workflow} (unwound)`;
  return `${workflow}/${step}${phase === 'undo' ? ' (undo)' : ''}`;
};
