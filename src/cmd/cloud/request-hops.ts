import type { Authenticate } from '../../api/pipeline/token.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Observation } from '../../lib/http/http-server.ts';
import type { Tracer } from '../../lib/trace/tracer.ts';
import type { Runtime } from './runtime.ts';

/** The error for a project with too many concurrent requests. */
const TOO_MANY = 429;

/** Successful reads are not traced: they are too many and reach no other service. Neither are requests that were refused for overload. */
const isTraced = ({ method, status, turnedAway }: Observation): boolean =>
  !turnedAway && status !== TOO_MANY && ((method !== 'GET' && method !== 'HEAD') || status >= 500);

/** The first hop of a request has the request's id, so that later hops can refer to it. */
const inFirstHop = (ctx: Context): Context => ({ ...ctx, spanId: ctx.requestId });

/** Callers whose requests begin with their first hop. */
export const firstHops = (authenticate: Authenticate): Authenticate =>
  Object.assign(async (...asked: Parameters<Authenticate>) => inFirstHop(await authenticate(...asked)), {
    recall: (...asked: Parameters<Authenticate>) => {
      const recalled = authenticate.recall?.(...asked);
      return recalled && { ...recalled, found: inFirstHop(recalled.found) };
    },
  });

/** Records each traced request as its own first hop. */
export const recordRequests =
  (tracer: Tracer, { clock, host }: Runtime, service: string) =>
  (seen: Observation): void => {
    if (!isTraced(seen)) return;
    tracer.record({
      requestId: seen.requestId,
      spanId: seen.requestId,
      parentSpanId: undefined,
      service,
      what: `${seen.method} ${seen.path}`,
      host,
      startedAt: new Date(clock.now().getTime() - seen.durationMs),
      durationMs: seen.durationMs,
      outcome: seen.status < 400 ? 'ok' : String(seen.status),
    });
  };
