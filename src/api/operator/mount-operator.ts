import { Type as t } from '@sinclair/typebox';
import type { HttpServer } from '../../lib/http/http-server.ts';
import type { Log } from '../../lib/log/log.ts';
import type { Hop } from '../../lib/trace/hop.ts';
import { renderWalk, walkOf } from '../../lib/trace/walk.ts';
import { exactly } from '../pipeline/answer.ts';
import { mountService } from '../pipeline/mount-service.ts';
import { plainFault } from '../pipeline/plain-fault.ts';
import { ok, route } from '../pipeline/route.ts';
import { type EventFeed, listEvents } from './events.ts';
import { explainPlacement } from './placement.ts';
import type { SchedulerApi } from '../../scheduler/api.ts';
import type { ServiceApi } from '../../compute/fleet/service-api.ts';
import { listServiceStates } from './services.ts';
import type { PolicyGate } from '../pipeline/site.ts';
import type { Authenticate } from '../pipeline/token.ts';

/** What the operator API reads. */
export interface OperatorFaceDeps {
  /** The hops of a request, in the order they started. */
  readonly hopsOf: (requestId: string) => Promise<readonly Hop[]>;
  readonly events: EventFeed;
  readonly placement: Pick<SchedulerApi, 'explain'>;
  readonly services: Pick<ServiceApi, 'list'>;
}

const showTrace = route({
  method: 'GET',
  path: '/os-trace/{requestId}',
  summary: 'Show the trace of a request: every hop with service, step, start, duration and outcome.',
  policy: 'os_compute_api:os-trace:show',
  status: 200,
  answers: exactly(t.Object({ request_id: t.String(), hops: t.Array(t.Unknown()), walk: t.String() })),
  handle: async ({ params: { requestId } }, { hopsOf }: OperatorFaceDeps) => {
    const hops = await hopsOf(requestId);
    return ok({ request_id: requestId, hops: hops.map(hopView), walk: renderWalk(walkOf(hops)) });
  },
});

const hopView = ({ service, what, host, startedAt, durationMs, outcome, spanId, parentSpanId }: Hop) => ({
  service,
  what,
  host,
  started_at: startedAt.toISOString(),
  duration_ms: Math.round(durationMs * 1000) / 1000,
  outcome,
  span_id: spanId,
  parent_span_id: parentSpanId ?? null,
});

interface OperatorMount {
  readonly deps: OperatorFaceDeps;
  readonly authenticate: Authenticate;
  readonly policy: PolicyGate;
  readonly log: Log;
}

/** Every route of the operator API. */
export const operatorRoutes = [showTrace, listEvents, explainPlacement, listServiceStates];

/** Serves the operator API: traces of requests, the event log, why servers are where they are, and why services count as down. */
export function mountOperator(server: HttpServer, mount: OperatorMount): void {
  mountService(server, { path: '', routes: operatorRoutes, errorBody: plainFault, ...mount });
}
