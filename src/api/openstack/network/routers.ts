import { type Static, Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import type { NewRouter, RouterChanges, WantedGateway } from '../../../network/api/routers.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import { converted, orNone } from './converted.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { id, ownerFields, ownerIn, saidFields, tagsToSet, text } from './fields.ts';
import { given } from './given.ts';
import { expectingOf } from './if-match.ts';
import { fieldsQuery, listQuery } from './list-query.ts';
import { hostRoute, routerView } from './router-view.ts';
import { pageFor, shown, shownPage } from './shown.ts';

const fixedIp = t.Object({ subnet_id: t.Optional(id), ip_address: t.Optional(text) }, { additionalProperties: false, minProperties: 1 });
/** An empty one is none. */
const gatewayInfo = t.Object(
  {
    network_id: t.Optional(nullable(id)),
    enable_snat: t.Optional(t.Boolean()),
    external_fixed_ips: t.Optional(t.Array(fixedIp, { maxItems: 5 })),
  },
  { additionalProperties: false },
);

const changeable = {
  ...saidFields,
  admin_state_up: bodyField({ type: t.Boolean() }),
  external_gateway_info: bodyField({ type: nullable(gatewayInfo) }),
};
/** The most routes in a body; how many a router may have is decided later. */
const MAX_IN_BODY = 256;

/** Routes in a body. */
export const routesToSet = bodyField({ type: orNone(t.Array(hostRoute, { maxItems: MAX_IN_BODY })) });

const createBody = converted(requestBody('router', { ...changeable, ...ownerFields, ...tagsToSet }));
const updateBody = converted(requestBody('router', { ...changeable, routes: routesToSet }));

function gatewayIn(info: Static<typeof gatewayInfo> | null | undefined): WantedGateway | null | undefined {
  if (info === undefined) return undefined;
  if (!info?.network_id) return null;
  return given<WantedGateway>({
    networkId: info.network_id,
    isTranslating: info.enable_snat,
    addresses: info.external_fixed_ips?.map((ip) =>
      given<{ subnetId?: string; ipAddress?: string }>({ subnetId: ip.subnet_id, ipAddress: ip.ip_address }),
    ),
  });
}

const changesOf = (body: Omit<ReturnType<typeof updateBody.parse>, 'routes'>) => ({
  name: body.name,
  description: body.description,
  adminStateUp: body.admin_state_up,
  gateway: gatewayIn(body.external_gateway_info),
});

/** /v2.0/routers */
export const routerRoutes = [
  route({
    method: 'GET',
    path: '/v2.0/routers',
    summary: 'List routers.',
    query: listQuery,
    status: 200,
    answers: shownPage('routers', routerView),
    handle: async (req, { network }: Deps) => ok(pageFor(req, await network.routers.list(req.ctx, req.query))),
  }),
  route({
    method: 'POST',
    path: '/v2.0/routers',
    summary: 'Create a router.',
    body: createBody,
    status: 201,
    answers: shown('router', routerView),
    handle: async ({ ctx, body }, { network }: Deps) =>
      ok({ value: await network.routers.create(ctx, given<NewRouter>({ ...changesOf(body), projectId: ownerIn(body), tags: body.tags })) }),
  }),
  route({
    method: 'GET',
    path: '/v2.0/routers/{id}',
    summary: 'Show a router.',
    query: fieldsQuery,
    status: 200,
    answers: shown('router', routerView),
    handle: async ({ ctx, params, query }, { network }: Deps) => ok({ ...query, value: await network.routers.show(ctx, params.id) }),
  }),
  route({
    method: 'PUT',
    path: '/v2.0/routers/{id}',
    summary: 'Change a router: its gateway, its extra routes, whether it forwards.',
    body: updateBody,
    status: 200,
    answers: shown('router', routerView),
    handle: async ({ ctx, params, body, headers }, { network }: Deps) => {
      const changes = given<RouterChanges>({ ...changesOf(body), routes: body.routes });
      return ok({ value: await network.routers.update(ctx, params.id, changes, expectingOf({ headers })) });
    },
  }),
  route({
    method: 'DELETE',
    path: '/v2.0/routers/{id}',
    summary: 'Delete a router without interfaces.',
    status: 204,
    handle: async ({ ctx, params, headers }, { network }: Deps) => {
      await network.routers.delete(ctx, params.id, expectingOf({ headers }));
      return done();
    },
  }),
];
