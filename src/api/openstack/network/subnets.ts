import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { nullable, stringEnum } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import type { NewSubnet, SubnetChanges } from '../../../network/api/subnets.ts';
import type { Subnet } from '../../../objects/network.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import { makeBatch, oneOrMany, shownBatch } from './bulk.ts';
import { converted, orNone } from './converted.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { id, ipVersion, keptFields, ownerFields, ownerIn, saidFields, text, tagFields, tagsToSet } from './fields.ts';
import { given } from './given.ts';
import { expectingOf } from './if-match.ts';
import { fieldsQuery, listQuery } from './list-query.ts';
import { pageFor, shown, shownPage } from './shown.ts';

const pool = t.Object({ start: text, end: text }, { additionalProperties: false });
const hostRoute = t.Object({ destination: text, nexthop: text }, { additionalProperties: false });

const ipv6Mode = stringEnum(['slaac', 'dhcpv6-stateful', 'dhcpv6-stateless']);

const subnetView = resource<Subnet>()('subnet', {
  ...keptFields,
  name: field(t.String(), (subnet) => subnet.name),
  network_id: field(t.String(), (subnet) => subnet.networkId),
  ip_version: field(t.Integer(), (subnet) => subnet.ipVersion),
  cidr: field(t.String(), (subnet) => subnet.cidr),
  gateway_ip: field(nullable(t.String()), (subnet) => subnet.gatewayIp),
  enable_dhcp: field(t.Boolean(), (subnet) => subnet.enableDhcp),
  allocation_pools: field(t.Array(pool), (subnet) => [...subnet.allocationPools]),
  dns_nameservers: field(t.Array(t.String()), (subnet) => [...subnet.dnsNameservers]),
  host_routes: field(t.Array(hostRoute), (subnet) => [...subnet.hostRoutes]),
  ipv6_address_mode: field(nullable(ipv6Mode), (subnet) => subnet.ipv6AddressMode),
  ipv6_ra_mode: field(nullable(ipv6Mode), (subnet) => subnet.ipv6RaMode),
  service_types: field(t.Array(t.String()), (subnet) => [...subnet.serviceTypes]),
  subnetpool_id: field(nullable(t.String()), (subnet) => subnet.subnetPoolId),
  ...tagFields,
});

const changeable = {
  ...saidFields,
  gateway_ip: bodyField({ type: nullable(text) }),
  enable_dhcp: bodyField({ type: t.Boolean() }),
  allocation_pools: bodyField({ type: nullable(t.Array(pool, { maxItems: 16 })) }),
  dns_nameservers: bodyField({ type: orNone(t.Array(text, { maxItems: 5 })) }),
  host_routes: bodyField({ type: orNone(t.Array(hostRoute, { maxItems: 20 })) }),
  service_types: bodyField({ type: orNone(t.Array(text, { maxItems: 32, uniqueItems: true })) }),
};
const words = { one: 'subnet', many: 'subnets' };
const createBody = oneOrMany(words, {
  ...changeable,
  ...ownerFields,
  ...tagsToSet,
  network_id: bodyField({ type: id, required: true }),
  ip_version: bodyField({ type: ipVersion }),
  cidr: bodyField({ type: nullable(text) }),
  prefixlen: bodyField({ type: t.Integer({ minimum: 0, maximum: 128 }) }),
  subnetpool_id: bodyField({ type: nullable(id) }),
  use_default_subnetpool: bodyField({ type: t.Boolean() }),
  ipv6_address_mode: bodyField({ type: nullable(ipv6Mode) }),
  ipv6_ra_mode: bodyField({ type: nullable(ipv6Mode) }),
});
const updateBody = converted(requestBody('subnet', changeable));

/** Null means no gateway, and the default pools. */
const changesOf = (body: ReturnType<typeof updateBody.parse>) => ({
  name: body.name,
  description: body.description,
  gatewayIp: body.gateway_ip,
  enableDhcp: body.enable_dhcp,
  allocationPools: body.allocation_pools ?? undefined,
  dnsNameservers: body.dns_nameservers,
  hostRoutes: body.host_routes,
  serviceTypes: body.service_types,
});

const newSubnetOf = (body: ReturnType<typeof createBody.parse>['items'][number]): NewSubnet =>
  given<NewSubnet>({
    ...changesOf(body),
    networkId: body.network_id,
    projectId: ownerIn(body),
    tags: body.tags,
    ipVersion: body.ip_version,
    cidr: body.cidr ?? undefined,
    prefixLength: body.prefixlen,
    subnetPoolId: body.subnetpool_id ?? undefined,
    isOfDefaultPool: body.use_default_subnetpool,
    ipv6AddressMode: body.ipv6_address_mode,
    ipv6RaMode: body.ipv6_ra_mode,
  });

/** /v2.0/subnets */
export const subnetRoutes = [
  route({
    method: 'GET',
    path: '/v2.0/subnets',
    summary: 'List subnets.',
    query: listQuery,
    status: 200,
    answers: shownPage('subnets', subnetView),
    handle: async (req, { network }: Deps) => ok(pageFor(req, await network.subnets.list(req.ctx, req.query))),
  }),
  route({
    method: 'POST',
    path: '/v2.0/subnets',
    summary: 'Create one or more subnets.',
    body: createBody,
    status: 201,
    answers: shownBatch(words, subnetView),
    handle: async ({ ctx, body }, { network }: Deps) =>
      ok(await makeBatch(body, (items) => network.subnets.create(ctx, items.map(newSubnetOf)))),
  }),
  route({
    method: 'GET',
    path: '/v2.0/subnets/{id}',
    summary: 'Show a subnet.',
    query: fieldsQuery,
    status: 200,
    answers: shown('subnet', subnetView),
    handle: async ({ ctx, params, query }, { network }: Deps) => ok({ ...query, value: await network.subnets.show(ctx, params.id) }),
  }),
  route({
    method: 'PUT',
    path: '/v2.0/subnets/{id}',
    summary: 'Change a subnet.',
    body: updateBody,
    status: 200,
    answers: shown('subnet', subnetView),
    handle: async ({ ctx, params, body, headers }, { network }: Deps) =>
      ok({ value: await network.subnets.update(ctx, params.id, given<SubnetChanges>(changesOf(body)), expectingOf({ headers })) }),
  }),
  route({
    method: 'DELETE',
    path: '/v2.0/subnets/{id}',
    summary: 'Delete a subnet that no port has an address on.',
    status: 204,
    handle: async ({ ctx, params, headers }, { network }: Deps) => {
      await network.subnets.delete(ctx, params.id, expectingOf({ headers }));
      return done();
    },
  }),
];
