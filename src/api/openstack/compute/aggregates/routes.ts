import { Type as t } from '@sinclair/typebox';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';

/** Hosts are not grouped here; clients that show a hypervisor ask for its groups first. */
export const listAggregates = route({
  method: 'GET',
  path: '/os-aggregates',
  summary: 'List the groups of hosts, of which there are none.',
  policy: 'os_compute_api:os-aggregates:index',
  status: 200,
  answers: exactly(t.Object({ aggregates: t.Array(t.Unknown(), { maxItems: 0 }) })),
  handle: () => ok({ aggregates: [] }),
});
