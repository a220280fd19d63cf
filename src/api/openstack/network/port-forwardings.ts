/** Port forwardings: /v2.0/floatingips/{floatingip}/port_forwardings */
import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { stringEnum } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import type { NewForwarding } from '../../../network/api/port-forwardings.ts';
import type { PortForwarding } from '../../../objects/network.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import { converted } from './converted.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { id, text } from './fields.ts';
import { given } from './given.ts';
import { fieldsQuery, listQuery } from './list-query.ts';
import { pageFor, shown, shownPage } from './shown.ts';

const view = resource<PortForwarding>()('port forwarding', {
  id: field(t.String(), (forwarding) => forwarding.id),
  description: field(t.String(), (forwarding) => forwarding.description),
  protocol: field(t.String(), (forwarding) => forwarding.protocol),
  external_port: field(t.Integer(), (forwarding) => forwarding.externalPort),
  internal_port: field(t.Integer(), (forwarding) => forwarding.internalPort),
  internal_port_id: field(t.String(), (forwarding) => forwarding.portId),
  internal_ip_address: field(t.String(), (forwarding) => forwarding.fixedIp),
});

const protocol = stringEnum(['tcp', 'udp']);
const portNumber = t.Integer({ minimum: 1, maximum: 65_535 });
const both = { description: bodyField({ type: text }), internal_ip_address: bodyField({ type: text }) };
const createBody = converted(
  requestBody('port_forwarding', {
    ...both,
    protocol: bodyField({ type: protocol, required: true }),
    external_port: bodyField({ type: portNumber, required: true }),
    internal_port: bodyField({ type: portNumber, required: true }),
    internal_port_id: bodyField({ type: id, required: true }),
  }),
);
const updateBody = converted(
  requestBody('port_forwarding', {
    ...both,
    protocol: bodyField({ type: protocol }),
    external_port: bodyField({ type: portNumber }),
    internal_port: bodyField({ type: portNumber }),
    internal_port_id: bodyField({ type: id }),
  }),
);

const changesOf = (body: ReturnType<typeof updateBody.parse>) =>
  given<Partial<NewForwarding>>({
    description: body.description,
    protocol: body.protocol,
    externalPort: body.external_port,
    internalPort: body.internal_port,
    portId: body.internal_port_id,
    fixedIp: body.internal_ip_address,
  });

const path = '/v2.0/floatingips/{floatingip}/port_forwardings' as const;
const onePath = `${path}/{id}` as const;
const namedBy = ({ floatingip: floatingIpId, id: own }: { readonly floatingip: string; readonly id: string }) => ({
  floatingIpId,
  id: own,
});

export const portForwardingRoutes = [
  route({
    method: 'GET',
    path,
    summary: 'List the port forwardings of a floating IP.',
    query: listQuery,
    status: 200,
    answers: shownPage('port_forwardings', view),
    handle: async (req, { network }: Deps) =>
      ok(pageFor(req, await network.portForwardings.list(req.ctx, req.params.floatingip, req.query))),
  }),
  route({
    method: 'POST',
    path,
    summary: 'Lead a port of a floating IP to a port of a guest.',
    body: createBody,
    status: 201,
    answers: shown('port_forwarding', view),
    handle: async ({ ctx, params, body }, { network }: Deps) => {
      const { protocol: of, external_port: externalPort, internal_port: internalPort, internal_port_id: portId } = body;
      const wanted = { ...changesOf(body), protocol: of, externalPort, internalPort, portId };
      return ok({ value: await network.portForwardings.create(ctx, params.floatingip, wanted) });
    },
  }),
  route({
    method: 'GET',
    path: onePath,
    summary: 'Show a port forwarding.',
    query: fieldsQuery,
    status: 200,
    answers: shown('port_forwarding', view),
    handle: async ({ ctx, params, query }, { network }: Deps) =>
      ok({ ...query, value: await network.portForwardings.show(ctx, namedBy(params)) }),
  }),
  route({
    method: 'PUT',
    path: onePath,
    summary: 'Change a port forwarding.',
    body: updateBody,
    status: 200,
    answers: shown('port_forwarding', view),
    handle: async ({ ctx, params, body }, { network }: Deps) =>
      ok({ value: await network.portForwardings.update(ctx, namedBy(params), changesOf(body)) }),
  }),
  route({
    method: 'DELETE',
    path: onePath,
    summary: 'Delete a port forwarding.',
    status: 204,
    handle: async ({ ctx, params }, { network }: Deps) => {
      await network.portForwardings.delete(ctx, namedBy(params));
      return done();
    },
  }),
];
