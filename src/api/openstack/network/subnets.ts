import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { nullable, stringEnum } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import type { NewSubnet, SubnetChanges } from '../../../network/api/subnets.ts';
import type { Subnet } from '../../../objects/network.ts';
import { oneOrMany } from './bulk.ts';
import { converted, orNone } from './converted.ts';
import { crudRoutes } from './crud-routes.ts';
import { id, ipVersion, keptFields, ownerFields, ownerIn, saidFields, text, tagFields, tagsToSet } from './fields.ts';
import { given } from './given.ts';

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
export const subnetRoutes = crudRoutes({
  path: 'subnets',
  words,
  said: { one: 'a subnet', many: 'subnets' },
  view: subnetView,
  createBody,
  updateBody,
  of: (network) => network.subnets,
  newOf: newSubnetOf,
  changesOf: (body) => given<SubnetChanges>(changesOf(body)),
});
