/** Which servers answer a ping, as long as clients asked compute for it. Nova says 410 today; the question is answered here all the same. */
import { Type as t } from '@sinclair/typebox';
import type { PingedServer } from '../../../../compute/proxies/ping-api.ts';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { v } from '../../../../microversions.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { list } from '../../../pipeline/list.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';

const window = { until: v.noProxies };

/** A server and whether it answers. */
export const pingedServerView = resource<PingedServer>()('server', {
  id: field(t.String(), ({ server }) => server.id),
  project_id: field(t.String(), ({ server }) => server.projectId),
  alive: field(t.Boolean(), ({ isAlive }) => isAlive),
});

/** Ids with commas between them; an empty text names none. */
const idsIn = (text: string | undefined): readonly string[] | undefined => (text ? text.split(',') : undefined);

/** Pings of servers. */
export const fpingRoutes = [
  route({
    ...window,
    method: 'GET',
    path: '/os-fping',
    summary: 'List which servers answer a ping.',
    query: queryParams({ all_tenants: param(), include: param(), exclude: param() }),
    status: 200,
    answers: list('servers', pingedServerView),
    handle: async ({ ctx, query }, { pings }: ComputeFaceDeps) => {
      const [include, exclude] = [idsIn(query.include), idsIn(query.exclude)];
      return ok({ items: await pings.list(ctx, { ofAllProjects: query.all_tenants !== undefined, include, exclude }) });
    },
  }),
  route({
    ...window,
    method: 'GET',
    path: '/os-fping/{id}',
    summary: 'Show whether a server answers a ping.',
    query: queryParams({}),
    status: 200,
    answers: envelope('server', pingedServerView),
    handle: async ({ ctx, params }, { pings }: ComputeFaceDeps) => ok(await pings.show(ctx, params.id)),
  }),
];
