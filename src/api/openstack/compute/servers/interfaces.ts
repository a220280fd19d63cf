import { Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import type { Port } from '../../../../objects/network.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { list } from '../../../pipeline/list.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';

type Deps = ServerFaceDeps;

/** What is shown of a port. */
export type ShownPort = Pick<Port, 'id' | 'networkId' | 'macAddress' | 'status' | 'fixedIps'>;

/** A port of a server. */
export const interfaceView = resource<ShownPort>()('interfaceAttachment', {
  port_id: field(t.String({ format: 'uuid' }), (port) => port.id),
  net_id: field(t.String({ format: 'uuid' }), (port) => port.networkId),
  mac_addr: field(t.String(), (port) => port.macAddress),
  port_state: field(t.String(), (port) => port.status),
  fixed_ips: field(t.Array(strictObject({ subnet_id: t.String(), ip_address: t.String() })), ({ fixedIps }) =>
    fixedIps.map(({ subnetId, ipAddress }) => ({ subnet_id: subnetId, ip_address: ipAddress })),
  ),
  // Tags are accepted at boot, but not kept: no guest is told them.
  tag: field(nullable(t.String()), () => null, { since: v.attachmentTags }),
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
];
