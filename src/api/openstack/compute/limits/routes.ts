import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { v } from '../../../../microversions.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { limitsView } from './view.ts';

export const showLimits = route({
  method: 'GET',
  path: '/limits',
  summary: "Show the limits and usage of the caller's project.",
  query: queryParams({ tenant_id: param() }, { strict: { since: v.strictKeys } }),
  status: 200,
  answers: envelope('limits', limitsView),
  handle: async ({ ctx, query }, { quotas }: ComputeFaceDeps) => ok(await quotas.limits(ctx, query.tenant_id)),
});
