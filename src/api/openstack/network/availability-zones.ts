import { Type as t } from '@sinclair/typebox';
import { exactly } from '../../pipeline/answer.ts';
import { ok, route } from '../../pipeline/route.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';

const zone = t.Object({ name: t.String(), resource: t.Literal('network'), state: t.Literal('available') });

/** /v2.0/availability_zones */
export const zoneRoutes = [
  route({
    method: 'GET',
    path: '/v2.0/availability_zones',
    summary: 'List the availability zones of networks.',
    status: 200,
    answers: exactly(t.Object({ availability_zones: t.Array(zone) })),
    handle: ({ ctx }, { network }: Deps) =>
      ok({
        availability_zones: network.zones(ctx).map((name) => ({ name, resource: 'network' as const, state: 'available' as const })),
      }),
  }),
];
