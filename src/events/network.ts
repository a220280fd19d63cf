/** Events of networks, subnets, ports, security groups with their rules, and quotas of the network service. */
import { Type as t } from '@sinclair/typebox';
import type { Ipv6Mode, NetworkType } from '../objects/network.ts';
import { hostName, networkId, portId, serverId } from '../objects/ids.ts';
import { eventType, orNull, snapshot, time, word } from './event-type.ts';

const kept = { projectId: t.String(), description: t.String(), createdAt: time(), updatedAt: time() };
const named = { ...kept, name: t.String() };
const tags = t.Array(t.String());
const ofProject = { projectOf: ({ projectId }: { readonly projectId: string }) => projectId };

const network = snapshot(
  t.Object({
    id: networkId,
    ...named,
    isShared: t.Boolean(),
    isExternal: t.Boolean(),
    adminStateUp: t.Boolean(),
    portSecurityEnabled: t.Boolean(),
    mtu: t.Integer(),
    qosPolicyId: orNull(t.String()),
    bridge: orNull(t.String()),
    networkType: word<NetworkType>(),
    vni: orNull(t.Integer()),
    subnetIds: t.Array(t.String()),
    tags,
  }),
  { subjectOf: ({ id }) => id, ...ofProject },
);
export const networkCreate = eventType('network.create', network);
export const networkUpdate = eventType('network.update', network);
export const networkDelete = eventType('network.delete', network);

const subnet = snapshot(
  t.Object({
    id: t.String(),
    networkId,
    ...named,
    ipVersion: t.Union([t.Literal(4), t.Literal(6)]),
    cidr: t.String(),
    gatewayIp: orNull(t.String()),
    hostIp: orNull(t.String()),
    isRouted: t.Boolean(),
    enableDhcp: t.Boolean(),
    allocationPools: t.Array(t.Object({ start: t.String(), end: t.String() })),
    dnsNameservers: t.Array(t.String()),
    hostRoutes: t.Array(t.Object({ destination: t.String(), nexthop: t.String() })),
    ipv6RaMode: orNull(word<Ipv6Mode>()),
    ipv6AddressMode: orNull(word<Ipv6Mode>()),
    subnetPoolId: orNull(t.String()),
    serviceTypes: t.Array(t.String()),
    tags,
  }),
  { subjectOf: ({ id }) => id, ...ofProject },
);
export const subnetCreate = eventType('subnet.create', subnet);
export const subnetUpdate = eventType('subnet.update', subnet);
export const subnetDelete = eventType('subnet.delete', subnet);

export const portSnapshot = t.Object({
  id: portId,
  networkId,
  ...named,
  macAddress: t.String(),
  adminStateUp: t.Boolean(),
  status: word<'ACTIVE' | 'DOWN'>(),
  deviceId: t.String(),
  deviceOwner: t.String(),
  serverId: orNull(serverId),
  host: orNull(hostName),
  portSecurityEnabled: t.Boolean(),
  allowedAddressPairs: t.Array(t.Object({ ipAddress: t.String(), macAddress: t.Optional(t.String()) })),
  fixedIps: t.Array(t.Object({ subnetId: t.String(), ipAddress: t.String() })),
  securityGroupIds: t.Array(t.String()),
  qosPolicyId: orNull(t.String()),
  extraDhcpOptions: t.Array(t.Object({ name: t.String(), value: t.String(), ipVersion: t.Union([t.Literal(4), t.Literal(6)]) })),
  tags,
});
const port = snapshot(portSnapshot, { subjectOf: ({ id }) => id, ...ofProject });
/** Those of servers' ports are written by the statements in db/stores/network. */
export const portCreate = eventType('port.create', port);
export const portUpdate = eventType('port.update', port);
export const portDelete = eventType('port.delete', port);

const rule = t.Object({
  id: t.String(),
  ...kept,
  groupId: t.String(),
  direction: word<'ingress' | 'egress'>(),
  ethertype: word<'IPv4' | 'IPv6'>(),
  protocol: orNull(t.String()),
  portMin: orNull(t.Integer()),
  portMax: orNull(t.Integer()),
  remoteCidr: orNull(t.String()),
  remoteGroupId: orNull(t.String()),
});

/** A group with its rules. The creation event includes its initial rules. */
const securityGroup = snapshot(t.Object({ id: t.String(), ...named, rules: t.Array(rule) }), {
  subjectOf: ({ id }) => id,
  ...ofProject,
});
export const securityGroupCreate = eventType('securityGroup.create', securityGroup);
export const securityGroupUpdate = eventType('securityGroup.update', securityGroup);
export const securityGroupDelete = eventType('securityGroup.delete', securityGroup);

const securityGroupRule = snapshot(rule, { subjectOf: ({ id }) => id, ...ofProject });
export const securityGroupRuleCreate = eventType('securityGroupRule.create', securityGroupRule);
export const securityGroupRuleDelete = eventType('securityGroupRule.delete', securityGroupRule);
