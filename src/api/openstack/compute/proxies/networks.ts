/** Networks as compute showed them, until clients asked the network service themselves. */
import { Type as t } from '@sinclair/typebox';
import type { ShownNetwork } from '../../../../compute/proxies/proxied-networks-api.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { netmaskOf } from '../../../../network/plan/ip-range.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { list } from '../../../pipeline/list.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';

type Deps = ComputeFaceDeps;

const window = { until: v.noProxies };
const noQuery = queryParams({});
/** Nova has no rule of its own for these: whoever administers hosts may see them. */
const ADMIN = { policy: 'os_compute_api:os-hosts:show' };

const text = nullable(t.String());
const shown = (read: (network: ShownNetwork) => string | null | undefined) => field(text, (network: ShownNetwork) => read(network) ?? null);
/** What only the networking of Nova itself had. */
const unknown =
  'bridge bridge_interface created_at deleted deleted_at dhcp_server dhcp_start enable_dhcp host injected multi_host priority rxtx_base share_address updated_at vlan vpn_private_address vpn_public_address vpn_public_port'.split(
    ' ',
  );
const never = field(text, (_: ShownNetwork) => null, ADMIN);

/** A network with its addresses; administrators also see what it had in Nova's own networking. */
export const networkView = resource<ShownNetwork>()('network', {
  id: field(t.String(), ({ network }) => network.id),
  label: field(t.String(), ({ network }) => network.name),
  cidr: shown(({ v4 }) => v4?.cidr),
  netmask: shown(({ v4 }) => v4 && netmaskOf(v4.cidr).netmask),
  gateway: shown(({ v4 }) => v4?.gatewayIp),
  broadcast: shown(() => null),
  dns1: shown(({ v4 }) => v4?.dnsNameservers[0]),
  dns2: shown(({ v4 }) => v4?.dnsNameservers[1]),
  cidr_v6: shown(({ v6 }) => v6?.cidr),
  gateway_v6: shown(({ v6 }) => v6?.gatewayIp),
  netmask_v6: shown(({ v6 }) => v6 && netmaskOf(v6.cidr).netmask),
  project_id: field(text, ({ network }) => network.projectId, ADMIN),
  mtu: field(nullable(t.Integer()), ({ network }) => network.mtu, ADMIN),
  ...Object.fromEntries(unknown.map((key) => [key, never])),
});

/** A network by its name and addresses. */
export const tenantNetworkView = resource<ShownNetwork>()('tenant network', {
  id: field(t.String(), ({ network }) => network.id),
  label: field(t.String(), ({ network }) => network.name),
  // As Python prints nothing.
  cidr: field(t.String(), ({ v4, v6 }) => v4?.cidr ?? v6?.cidr ?? 'None'),
});

/** What both names of networks have. */
const inBothRooms = (
  [
    ['os-networks', networkView],
    ['os-tenant-networks', tenantNetworkView],
  ] as const
).flatMap(([room, view]) => [
  route({
    ...window,
    method: 'GET',
    path: `/${room}`,
    summary: 'List the networks that the project can use.',
    query: noQuery,
    status: 200,
    answers: list('networks', view),
    handle: async ({ ctx }, { networkProxy }: Deps) => ok({ items: await networkProxy.list(ctx, room) }),
  }),
  route({
    ...window,
    method: 'GET',
    path: `/${room}/{id}`,
    summary: 'Show a network.',
    query: noQuery,
    status: 200,
    answers: envelope('network', view),
    handle: async ({ ctx, params }, { networkProxy }: Deps) => ok(await networkProxy.show(ctx, room, params.id)),
  }),
  route({
    ...window,
    method: 'DELETE',
    path: `/${room}/{id}`,
    summary: 'Delete a network with its subnets.',
    status: 202,
    handle: async ({ ctx, params }, { networkProxy }: Deps) => {
      await networkProxy.delete(ctx, room, params.id);
      return done();
    },
  }),
]);

const cidr = bodyField({ type: t.String({ format: 'cidr' }) });
const newNetwork = requestBody(
  'network',
  { label: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }), cidr, cidr_v6: cidr },
  { keywords: { oneOf: [{ required: ['cidr'] }, { required: ['cidr_v6'] }] } },
);

/** Networks under both of their names. */
export const networkProxyRoutes = [
  ...inBothRooms,
  route({
    ...window,
    method: 'POST',
    path: '/os-tenant-networks',
    summary: 'Make a network of the project, with one subnet.',
    body: newNetwork,
    status: 200,
    answers: envelope('network', tenantNetworkView),
    handle: async ({ ctx, body: { label, cidr: v4, cidr_v6: v6 } }, { networkProxy }: Deps) =>
      ok(await networkProxy.create(ctx, { label, cidr: v4 ?? v6 ?? '' })),
  }),
];
