import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import { InvalidInput } from '../../../lib/versioning/validation.ts';
import type { NewApiPort, PortChanges } from '../../../network/api/port-request.ts';
import type { PortListQuery } from '../../../network/api/ports.ts';
import { MAC_PATTERN } from '../../../network/plan/mac-address.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import { makeBatch, oneOrMany, shownBatch } from './bulk.ts';
import { converted, orNone } from './converted.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { id, ipVersion, ownerFields, ownerIn, saidFields, text, tagsToSet } from './fields.ts';
import { given } from './given.ts';
import { expectingOf } from './if-match.ts';
import { type FaceQuery, fieldsQuery, listQuery } from './list-query.ts';
import { portView } from './port-view.ts';
import { pageFor, shown, shownPage } from './shown.ts';

const macAddress = t.String({ pattern: MAC_PATTERN });
const fixedIp = t.Object({ subnet_id: t.Optional(id), ip_address: t.Optional(text) }, { additionalProperties: false, minProperties: 1 });
const pair = t.Object({ ip_address: text, mac_address: t.Optional(macAddress) }, { additionalProperties: false });

const dhcpOption = t.Object(
  { opt_name: t.String({ minLength: 1, maxLength: 64 }), opt_value: t.Optional(nullable(text)), ip_version: t.Optional(ipVersion) },
  { additionalProperties: false },
);

const profile = t.Record(t.String(), t.Unknown(), { maxProperties: 32 });

const changeable = {
  ...saidFields,
  admin_state_up: bodyField({ type: t.Boolean() }),
  mac_address: bodyField({ type: macAddress }),
  device_id: bodyField({ type: text }),
  device_owner: bodyField({ type: text }),
  port_security_enabled: bodyField({ type: t.Boolean() }),
  security_groups: bodyField({ type: nullable(t.Array(id, { maxItems: 64 })) }),
  fixed_ips: bodyField({ type: t.Array(fixedIp, { maxItems: 5 }) }),
  allowed_address_pairs: bodyField({ type: orNone(t.Array(pair, { maxItems: 10 })) }),
  extra_dhcp_opts: bodyField({ type: orNone(t.Array(dhcpOption, { maxItems: 32 })) }),
  qos_policy_id: bodyField({ type: nullable(id) }),
  'binding:vnic_type': bodyField({ type: t.Literal('normal') }),
  'binding:host_id': bodyField({ type: nullable(text) }),
  'binding:profile': bodyField({ type: nullable(profile) }),
};
const words = { one: 'port', many: 'ports' };
const createBody = oneOrMany(words, {
  ...changeable,
  ...ownerFields,
  ...tagsToSet,
  network_id: bodyField({ type: id, required: true }),
});
const updateBody = converted(requestBody('port', changeable));

const changesOf = (body: ReturnType<typeof updateBody.parse>) => ({
  name: body.name,
  description: body.description,
  adminStateUp: body.admin_state_up,
  macAddress: body.mac_address,
  deviceId: body.device_id,
  deviceOwner: body.device_owner,
  qosPolicyId: body.qos_policy_id,
  portSecurityEnabled: body.port_security_enabled,
  wantedHost: body['binding:host_id'] === '' ? null : body['binding:host_id'],
  bindingProfile: body['binding:profile'] === null ? {} : body['binding:profile'],
  securityGroups: body.security_groups ?? undefined,
  fixedIps: body.fixed_ips?.map((ip) =>
    given<{ subnetId?: string; ipAddress?: string }>({ subnetId: ip.subnet_id, ipAddress: ip.ip_address }),
  ),
  allowedAddressPairs: body.allowed_address_pairs?.map((one) =>
    given<{ ipAddress: string; macAddress?: string }>({ ipAddress: one.ip_address, macAddress: one.mac_address }),
  ),
  extraDhcpOptions: body.extra_dhcp_opts?.map(({ opt_name: name, opt_value: value = null, ip_version: version = 4 }) => ({
    name,
    value,
    ipVersion: version,
  })),
});

const newPortOf = (body: ReturnType<typeof createBody.parse>['items'][number]): NewApiPort =>
  given<NewApiPort>({ ...changesOf(body), networkId: body.network_id, projectId: ownerIn(body), tags: body.tags });

/** `fixed_ips=ip_address=10.0.0.3`, `fixed_ips=subnet_id=...`, which some clients send on their own, and security groups are special filters. */
function portQueryOf({ filters, ...query }: FaceQuery): PortListQuery {
  const { fixed_ips: wanted = [], ip_address = [], subnet_id = [], security_groups: groupIds = [], ...others } = filters;
  const strange = wanted.find((one) => !/^(ip_address|ip_address_substr|subnet_id)=/.test(one));
  if (strange !== undefined) throw InvalidInput({ message: `Invalid input for fixed_ips. Reason: '${strange}' is no such filter.` });
  const valuesOf = (name: string) => wanted.filter((one) => one.startsWith(`${name}=`)).map((one) => one.slice(name.length + 1));
  const parts = valuesOf('ip_address_substr');
  const [addresses, subnetIds] = [
    [...valuesOf('ip_address'), ...ip_address],
    [...valuesOf('subnet_id'), ...subnet_id],
  ];
  return {
    ...query,
    filters: others,
    ...(addresses.length > 0 && { addresses }),
    ...(parts.length > 0 && { addressParts: parts }),
    ...(subnetIds.length > 0 && { subnetIds }),
    ...(groupIds.length > 0 && { groupIds }),
  };
}

/** /v2.0/ports */
export const portRoutes = [
  route({
    method: 'GET',
    path: '/v2.0/ports',
    summary: 'List ports.',
    query: listQuery,
    status: 200,
    answers: shownPage('ports', portView),
    handle: async (req, { network }: Deps) => ok(pageFor(req, await network.ports.list(req.ctx, portQueryOf(req.query)))),
  }),
  route({
    method: 'POST',
    path: '/v2.0/ports',
    summary: 'Create one or more ports.',
    body: createBody,
    status: 201,
    answers: shownBatch(words, portView),
    handle: async ({ ctx, body }, { network }: Deps) =>
      ok(await makeBatch(body, (items) => network.ports.create(ctx, items.map(newPortOf)))),
  }),
  route({
    method: 'GET',
    path: '/v2.0/ports/{id}',
    summary: 'Show a port.',
    query: fieldsQuery,
    status: 200,
    answers: shown('port', portView),
    handle: async ({ ctx, params, query }, { network }: Deps) => ok({ ...query, value: await network.ports.show(ctx, params.id) }),
  }),
  route({
    method: 'PUT',
    path: '/v2.0/ports/{id}',
    summary: 'Change a port.',
    body: updateBody,
    status: 200,
    answers: shown('port', portView),
    handle: async ({ ctx, params, body, headers }, { network }: Deps) =>
      ok({ value: await network.ports.update(ctx, params.id, given<PortChanges>(changesOf(body)), expectingOf({ headers })) }),
  }),
  route({
    method: 'DELETE',
    path: '/v2.0/ports/{id}',
    summary: 'Delete a port that is not attached to a server.',
    status: 204,
    handle: async ({ ctx, params, headers }, { network }: Deps) => {
      await network.ports.delete(ctx, params.id, expectingOf({ headers }));
      return done();
    },
  }),
];
