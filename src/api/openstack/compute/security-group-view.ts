/** Security groups and their rules as the compute API shows them: incoming rules only, a remote group by its name. */
import { type Static, Type as t } from '@sinclair/typebox';
import { nullable, strictObject } from '../../../lib/versioning/schema.ts';
import type { GroupsOfServer } from '../../../network/server-networking.ts';
import type { NamedGroup, SecurityGroupRule } from '../../../objects/network.ts';

const port = nullable(t.Integer({ minimum: -1 }));

/** A rule. */
export const securityGroupRule = strictObject({
  id: t.String({ format: 'uuid' }),
  parent_group_id: t.String({ format: 'uuid' }),
  ip_protocol: nullable(t.String()),
  from_port: port,
  to_port: port,
  group: strictObject({ name: t.Optional(t.String()), tenant_id: t.Optional(t.String()) }),
  ip_range: strictObject({ cidr: t.Optional(t.String()) }),
});

/** A group with its rules. */
export const securityGroup = strictObject({
  id: t.String({ format: 'uuid' }),
  name: t.String(),
  description: t.String(),
  tenant_id: t.String(),
  rules: t.Array(securityGroupRule),
});

const whole = { tcp: { from_port: 1, to_port: 65_535 }, udp: { from_port: 1, to_port: 65_535 } } as const;
const allTypes = { from_port: -1, to_port: -1 } as const;

/** A protocol without a range means all of its ports, in Nova's numbers. */
export function portsOf({
  protocol,
  portMin,
  portMax,
}: Pick<SecurityGroupRule, 'protocol' | 'portMin' | 'portMax'>): Pick<Static<typeof securityGroupRule>, 'from_port' | 'to_port'> {
  if (protocol === null || portMin !== null || portMax !== null) return { from_port: portMin, to_port: portMax };
  return protocol === 'tcp' || protocol === 'udp' ? whole[protocol] : allTypes;
}

const everywhere = { IPv4: '0.0.0.0/0', IPv6: '::/0' } as const;

/** A rule as it is shown; `remotes` has the group that it may name as remote. */
export function ruleIn(rule: SecurityGroupRule, remotes: readonly NamedGroup[]): Static<typeof securityGroupRule> {
  const remote = remotes.find(({ id }) => id === rule.remoteGroupId);
  const peer = remote
    ? { group: { name: remote.name, tenant_id: remote.projectId }, ip_range: {} }
    : { group: {}, ip_range: { cidr: rule.remoteCidr ?? everywhere[rule.ethertype] } };
  return { id: rule.id, parent_group_id: rule.groupId, ip_protocol: rule.protocol, ...portsOf(rule), ...peer };
}

/** Groups as they are shown. */
export const groupsIn = ({ groups, remotes }: GroupsOfServer): Static<typeof securityGroup>[] =>
  groups.map(({ id, name, description, projectId, rules }) => ({
    id,
    name,
    description,
    tenant_id: projectId,
    rules: rules.filter(({ direction }) => direction === 'ingress').map((rule) => ruleIn(rule, remotes)),
  }));
