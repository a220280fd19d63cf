import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import type { NetworkChanges, NewNetwork } from '../../../network/api/networks.ts';
import type { Network } from '../../../objects/network.ts';
import { oneOrMany } from './bulk.ts';
import { converted } from './converted.ts';
import { crudRoutes } from './crud-routes.ts';
import { id, keptFields, ownerFields, ownerIn, saidFields, tagFields, tagsToSet } from './fields.ts';
import { given } from './given.ts';

const strings = t.Array(t.String());

const ofProvider = (name: 'network_type' | 'physical_network' | 'segmentation_id') => ({ policy: `get_network:provider:${name}` as const });

const networkView = resource<Network>()('network', {
  ...keptFields,
  name: field(t.String(), (network) => network.name),
  admin_state_up: field(t.Boolean(), (network) => network.adminStateUp),
  status: field(t.String(), () => 'ACTIVE'),
  shared: field(t.Boolean(), (network) => network.isShared),
  'router:external': field(t.Boolean(), (network) => network.isExternal),
  mtu: field(t.Integer(), (network) => network.mtu),
  'provider:network_type': field(t.String(), (network) => network.networkType, ofProvider('network_type')),
  'provider:physical_network': field(nullable(t.String()), (network) => network.bridge, ofProvider('physical_network')),
  'provider:segmentation_id': field(nullable(t.Integer()), (network) => network.vni, ofProvider('segmentation_id')),
  qos_policy_id: field(nullable(t.String()), (network) => network.qosPolicyId),
  port_security_enabled: field(t.Boolean(), (network) => network.portSecurityEnabled),
  ipv4_address_scope: field(nullable(t.String()), (network) => network.addressScopes[4] ?? null),
  ipv6_address_scope: field(nullable(t.String()), (network) => network.addressScopes[6] ?? null),
  subnets: field(strings, (network) => [...network.subnetIds]),
  availability_zone_hints: field(strings, () => []),
  availability_zones: field(strings, () => []),
  ...tagFields,
});

/** In bytes: IPv4 requires at least 68, devices support at most 65535. */
const mtu = t.Integer({ minimum: 68, maximum: 65_535 });

const changeable = {
  ...saidFields,
  admin_state_up: bodyField({ type: t.Boolean() }),
  shared: bodyField({ type: t.Boolean() }),
  'router:external': bodyField({ type: t.Boolean() }),
  port_security_enabled: bodyField({ type: t.Boolean() }),
  mtu: bodyField({ type: mtu }),
  qos_policy_id: bodyField({ type: nullable(id) }),
};
const words = { one: 'network', many: 'networks' };
const wantedSegment = {
  'provider:network_type': bodyField({ type: nullable(t.String()) }),
  'provider:physical_network': bodyField({ type: nullable(t.String()) }),
  'provider:segmentation_id': bodyField({ type: nullable(t.Integer()) }),
};
const createBody = oneOrMany(words, { ...changeable, ...wantedSegment, ...ownerFields, ...tagsToSet });
const updateBody = converted(requestBody('network', changeable));

type Changes = ReturnType<typeof updateBody.parse>;

const changesOf = (body: Changes) => ({
  name: body.name,
  description: body.description,
  adminStateUp: body.admin_state_up,
  isShared: body.shared,
  isExternal: body['router:external'],
  portSecurityEnabled: body.port_security_enabled,
  mtu: body.mtu,
  qosPolicyId: body.qos_policy_id,
});

type NewBody = ReturnType<typeof createBody.parse>['items'][number];

const newNetworkOf = (body: NewBody): NewNetwork =>
  given<NewNetwork>({
    ...changesOf(body),
    networkType: body['provider:network_type'],
    physicalNetwork: body['provider:physical_network'],
    segmentationId: body['provider:segmentation_id'],
    projectId: ownerIn(body),
    tags: body.tags,
  });

/** /v2.0/networks */
export const networkRoutes = crudRoutes({
  path: 'networks',
  words,
  said: { one: 'a network', many: 'networks' },
  view: networkView,
  createBody,
  updateBody,
  of: (network) => network.networks,
  newOf: newNetworkOf,
  changesOf: (body) => given<NetworkChanges>(changesOf(body)),
});
