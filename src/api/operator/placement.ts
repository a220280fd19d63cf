import { Type as t } from '@sinclair/typebox';
import type { ExplainedHost, ExplainedPlacement, Explanation, SchedulerApi } from '../../scheduler/api.ts';
import { param, queryParams } from '../../lib/versioning/query-params.ts';
import { exactly } from '../pipeline/answer.ts';
import { ok, route } from '../pipeline/route.ts';

/** Hosts in one answer: the default and the maximum. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;

const query = queryParams({ limit: param({ type: t.String({ pattern: '^[1-9][0-9]{0,8}$' }), read: Number }) }, { strict: {} });

/** Explains the placement of a server, or of the servers that a request booted. */
export const explainPlacement = route({
  method: 'GET',
  path: '/os-placement/{serverOrRequest}',
  summary: 'Explain why a server is on its host or on none: every host, every filter with its numbers, the weights, the smallest change.',
  policy: 'os_compute_api:os-placement:explain',
  query,
  status: 200,
  answers: exactly(t.Object({ placements: t.Array(t.Unknown()) })),
  handle: async ({ params, query: { limit = DEFAULT_LIMIT } }, { placement }: { readonly placement: Pick<SchedulerApi, 'explain'> }) => {
    const explained = await placement.explain(params.serverOrRequest);
    return ok({ placements: explained.map((one) => view(one, Math.min(limit, MAX_LIMIT))) });
  },
});

const view = ({ serverId, decisions, now }: ExplainedPlacement, limit: number) => ({
  server_id: serverId,
  decisions: decisions.map(({ at, requestId, chosen, alternates, refusals, weights }) => ({
    at: at.toISOString(),
    request_id: requestId,
    chosen,
    alternates,
    refusals: refusals.map(({ otherReasons, ...refusal }) => ({ ...refusal, other_reasons: otherReasons })),
    weights,
  })),
  now: now ? nowView(now, limit) : null,
});

const nowView = ({ hosts, filters, winner, smallestChange }: Explanation, limit: number) => ({
  winner: winner ?? null,
  smallest_change: smallestChange ?? null,
  filters,
  hosts: hosts.slice(0, limit).map(hostView),
  more_hosts: Math.max(0, hosts.length - limit),
});

const hostView = ({ wouldFit, weight, ...rest }: ExplainedHost) => ({ ...rest, would_fit: wouldFit ?? null, weight: weight ?? null });
