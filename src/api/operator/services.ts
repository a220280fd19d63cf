import { Type as t } from '@sinclair/typebox';
import type { ServiceApi, ServiceState } from '../../compute/fleet/service-api.ts';
import { exactly } from '../pipeline/answer.ts';
import { ok, route } from '../pipeline/route.ts';

/** Lists services with what the API of compute has no room for: since when and why each counts as down. */
export const listServiceStates = route({
  method: 'GET',
  path: '/services',
  summary: 'List the services: whether each counts as up, its last sign of life, why it counts as down or why that is unknown.',
  policy: 'os_compute_api:os-services:list',
  status: 200,
  answers: exactly(t.Object({ services: t.Array(t.Unknown()) })),
  handle: async ({ ctx }, { services }: { readonly services: Pick<ServiceApi, 'list'> }) =>
    ok({ services: (await services.list(ctx, {})).map(view) }),
});

const view = ({ binary, host, zone, disabled, isUp, seenAt, silentSeconds, reason }: ServiceState) => ({
  binary,
  host,
  zone,
  status: disabled ? 'disabled' : 'enabled',
  state: isUp ? 'up' : 'down',
  silent_seconds: Math.round(silentSeconds),
  recorded_at: seenAt.toISOString(),
  reason: reason ?? null,
});
