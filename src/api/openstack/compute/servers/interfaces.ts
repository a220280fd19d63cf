import { Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { plainBody } from '../../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import type { Port } from '../../../../objects/network.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { list } from '../../../pipeline/list.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';
import { tag } from './tags.ts';

type Deps = ServerFaceDeps;

/** What is shown of a port. */
export type ShownPort = Pick<Port, 'id' | 'networkId' | 'macAddress' | 'status' | 'fixedIps' | 'serverTag'>;

/** A port of a server. */
export const interfaceView = resource<ShownPort>()('interfaceAttachment', {
  port_id: field(t.String({ format: 'uuid' }), (port) => port.id),
  net_id: field(t.String({ format: 'uuid' }), (port) => port.networkId),
  mac_addr: field(t.String(), (port) => port.macAddress),
  port_state: field(t.String(), (port) => port.status),
  fixed_ips: field(t.Array(strictObject({ subnet_id: t.String(), ip_address: t.String() })), ({ fixedIps }) =>
    fixedIps.map(({ subnetId, ipAddress }) => ({ subnet_id: subnetId, ip_address: ipAddress })),
  ),
  tag: field(nullable(t.String()), (port) => port.serverTag, { since: v.attachmentTags }),
});

const ipAddress = t.Union([t.String({ format: 'ipv4' }), t.String({ format: 'ipv6' })]);

const attachBody = bodyObject({
  net_id: bodyField({ type: t.String({ format: 'uuid' }) }),
  port_id: bodyField({ type: t.String({ format: 'uuid' }) }),
  fixed_ips: bodyField({ type: t.Array(strictObject({ ip_address: ipAddress }), { minItems: 1, maxItems: 1 }) }),
  tag: bodyField({ type: tag, since: v.attachTags }),
});

const noQuery = queryParams({}, { strict: { since: v.flavorNameFilter } });

/** The ports of a server, which Nova calls interfaces. */
export const interfaceRoutes = [
  route({
    method: 'GET',
    path: '/servers/{id}/os-interface',
    summary: 'List the ports of a server.',
    query: noQuery,
    status: 200,
    answers: list('interfaceAttachments', interfaceView),
    handle: async ({ ctx, params }, { serverPorts }: Deps) => ok({ items: await serverPorts.list(ctx, params.id) }),
  }),
  route({
    method: 'GET',
    path: '/servers/{id}/os-interface/{port}',
    summary: 'Show a port of a server.',
    query: noQuery,
    status: 200,
    answers: envelope('interfaceAttachment', interfaceView),
    handle: async ({ ctx, params }, { serverPorts }: Deps) => ok(await serverPorts.show(ctx, params.id, params.port)),
  }),
  route({
    method: 'POST',
    path: '/servers/{id}/os-interface',
    summary: 'Attach a port, or a new port on a network, to a server; answered when its guest has the network card.',
    body: plainBody(bodyObject({ interfaceAttachment: bodyField({ type: attachBody }) })),
    status: 200,
    answers: envelope('interfaceAttachment', interfaceView),
    handle: async ({ ctx, params, body }, { interfaces }: Deps) => {
      const { net_id: networkId, port_id: portId, fixed_ips: [address] = [], tag: named } = body.interfaceAttachment ?? {};
      return ok(await interfaces.attach(ctx, params.id, { networkId, portId, fixedIp: address?.ip_address, tag: named }));
    },
  }),
  route({
    method: 'DELETE',
    path: '/servers/{id}/os-interface/{port}',
    summary: 'Detach a port from a server. It is deleted if it was made for the server.',
    status: 202,
    handle: async ({ ctx, params }, { interfaces }: Deps) => {
      await interfaces.detach(ctx, params.id, params.port);
      return done();
    },
  }),
];
