import { Type as t } from '@sinclair/typebox';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';

/** Host aggregates are not supported; the list exists because clients request it before they show a hypervisor. */
export const listAggregates = route({
  method: 'GET',
  path: '/os-aggregates',
  summary: 'List host aggregates; always empty.',
  policy: 'os_compute_api:os-aggregates:index',
  status: 200,
  answers: exactly(t.Object({ aggregates: t.Array(t.Unknown(), { maxItems: 0 }) })),
  handle: () => ok({ aggregates: [] }),
});
