import { requestBody } from '../../../lib/versioning/request-body.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import type { FloatingIpChanges, NewFloatingIp } from '../../../network/api/floating-ips.ts';
import { BadFloatingIp } from '../../../network/router-errors.ts';
import { list } from '../../pipeline/list.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import { converted } from './converted.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { id, ownerFields, ownerIn, tagsToSet, text } from './fields.ts';
import { given } from './given.ts';
import { expectingOf } from './if-match.ts';
import { fieldsQuery, listQuery } from './list-query.ts';
import { floatingIpView, poolView } from './floating-ip-view.ts';
import { pageFor, shown, shownPage } from './shown.ts';

const idOrNone = bodyField({ type: nullable(id) });
const changeable = {
  description: bodyField({ type: text }),
  port_id: idOrNone,
  fixed_ip_address: bodyField({ type: nullable(text) }),
};
const createBody = converted(
  requestBody('floatingip', {
    ...changeable,
    ...ownerFields,
    ...tagsToSet,
    floating_network_id: bodyField({ type: id, required: true }),
    floating_ip_address: bodyField({ type: nullable(text) }),
    subnet_id: idOrNone,
  }),
);
const updateBody = converted(requestBody('floatingip', changeable));

/** Without a port in it a body changes nothing about where the floating IP leads. */
function targetIn({
  port_id: portId,
  fixed_ip_address: fixedIp,
}: ReturnType<typeof updateBody.parse>): FloatingIpChanges['target'] | undefined {
  if (fixedIp && !portId) throw BadFloatingIp({ reason: 'fixed_ip_address cannot be specified without a port_id' });
  if (!portId) return portId === undefined ? undefined : null;
  return { portId, ...(fixedIp && { fixedIp }) };
}

const changesOf = (body: ReturnType<typeof updateBody.parse>) => ({ description: body.description, target: targetIn(body) });

/** /v2.0/floatingips */
export const floatingIpRoutes = [
  route({
    method: 'GET',
    path: '/v2.0/floatingips',
    summary: 'List floating IPs.',
    query: listQuery,
    status: 200,
    answers: shownPage('floatingips', floatingIpView),
    handle: async (req, { network }: Deps) => ok(pageFor(req, await network.floatingIps.list(req.ctx, req.query))),
  }),
  route({
    method: 'POST',
    path: '/v2.0/floatingips',
    summary: 'Take an address of an external network.',
    body: createBody,
    status: 201,
    answers: shown('floatingip', floatingIpView),
    handle: async ({ ctx, body }, { network }: Deps) => {
      const floatingIp = given<NewFloatingIp>({
        ...changesOf(body),
        networkId: body.floating_network_id,
        address: body.floating_ip_address ?? undefined,
        subnetId: body.subnet_id ?? undefined,
        projectId: ownerIn(body),
        tags: body.tags,
      });
      return ok({ value: await network.floatingIps.create(ctx, floatingIp) });
    },
  }),
  route({
    method: 'GET',
    path: '/v2.0/floatingips/{id}',
    summary: 'Show a floating IP.',
    query: fieldsQuery,
    status: 200,
    answers: shown('floatingip', floatingIpView),
    handle: async ({ ctx, params, query }, { network }: Deps) => ok({ ...query, value: await network.floatingIps.show(ctx, params.id) }),
  }),
  route({
    method: 'PUT',
    path: '/v2.0/floatingips/{id}',
    summary: 'Lead a floating IP to a port, or nowhere.',
    body: updateBody,
    status: 200,
    answers: shown('floatingip', floatingIpView),
    handle: async ({ ctx, params, body, headers }, { network }: Deps) =>
      ok({ value: await network.floatingIps.update(ctx, params.id, given<FloatingIpChanges>(changesOf(body)), expectingOf({ headers })) }),
  }),
  route({
    method: 'DELETE',
    path: '/v2.0/floatingips/{id}',
    summary: 'Give a floating IP back.',
    status: 204,
    handle: async ({ ctx, params, headers }, { network }: Deps) => {
      await network.floatingIps.delete(ctx, params.id, expectingOf({ headers }));
      return done();
    },
  }),
  route({
    method: 'GET',
    path: '/v2.0/floatingip_pools',
    summary: 'List the subnets that floating IPs come from.',
    status: 200,
    answers: list('floatingip_pools', poolView),
    handle: async ({ ctx }, { network }: Deps) => ok({ items: await network.floatingIps.pools(ctx) }),
  }),
];
