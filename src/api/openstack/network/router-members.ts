/** What a router does beside being there: its interfaces and, one by one, its extra routes. */
import { Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../lib/versioning/body-object.ts';
import { plainBody, requestBody } from '../../../lib/versioning/request-body.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import type { ChangedInterface, NamedInterface } from '../../../network/api/router-interfaces.ts';
import { exactly } from '../../pipeline/answer.ts';
import { ok, route } from '../../pipeline/route.ts';
import { converted } from './converted.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { id } from './fields.ts';
import { given } from './given.ts';
import { routerView } from './router-view.ts';
import { routesToSet } from './routers.ts';
import { shown } from './shown.ts';

const interfaceBody = plainBody(bodyObject({ subnet_id: bodyField({ type: id }), port_id: bodyField({ type: id }) }));

const shownInterface = exactly(
  t.Object({
    id: t.String(),
    tenant_id: t.String(),
    project_id: t.String(),
    port_id: t.String(),
    network_id: t.String(),
    subnet_id: t.String(),
    subnet_ids: t.Array(t.String()),
    tags: t.Array(t.String()),
  }),
);

const interfaceOf = ({ router, leg }: ChangedInterface) => {
  const subnetIds = leg.fixedIps.map(({ subnetId }) => subnetId);
  return {
    id: router.id,
    tenant_id: router.projectId,
    project_id: router.projectId,
    port_id: leg.portId,
    network_id: leg.networkId,
    subnet_id: subnetIds[0] ?? '',
    subnet_ids: subnetIds,
    tags: [...router.tags],
  };
};

const namedIn = (body: ReturnType<typeof interfaceBody.parse>) => given<NamedInterface>({ subnetId: body.subnet_id, portId: body.port_id });

const routesBody = converted(requestBody('router', { routes: routesToSet }));

/** /v2.0/routers/{id}/add_router_interface and the like */
export const routerMemberRoutes = [
  route({
    method: 'PUT',
    path: '/v2.0/routers/{id}/add_router_interface',
    summary: 'Connect a router with a subnet, by its gateway address or by a port.',
    body: interfaceBody,
    status: 200,
    answers: shownInterface,
    handle: async ({ ctx, params, body }, { network }: Deps) =>
      ok(interfaceOf(await network.interfaces.add(ctx, params.id, namedIn(body)))),
  }),
  route({
    method: 'PUT',
    path: '/v2.0/routers/{id}/remove_router_interface',
    summary: 'Disconnect a router from a subnet.',
    body: interfaceBody,
    status: 200,
    answers: shownInterface,
    handle: async ({ ctx, params, body }, { network }: Deps) =>
      ok(interfaceOf(await network.interfaces.remove(ctx, params.id, namedIn(body)))),
  }),
  route({
    method: 'PUT',
    path: '/v2.0/routers/{id}/add_extraroutes',
    summary: 'Add extra routes to a router.',
    body: routesBody,
    status: 200,
    answers: shown('router', routerView),
    handle: async ({ ctx, params, body }, { network }: Deps) =>
      ok({ value: await network.routers.addRoutes(ctx, params.id, body.routes ?? []) }),
  }),
  route({
    method: 'PUT',
    path: '/v2.0/routers/{id}/remove_extraroutes',
    summary: 'Remove extra routes from a router.',
    body: routesBody,
    status: 200,
    answers: shown('router', routerView),
    handle: async ({ ctx, params, body }, { network }: Deps) =>
      ok({ value: await network.routers.removeRoutes(ctx, params.id, body.routes ?? []) }),
  }),
];
