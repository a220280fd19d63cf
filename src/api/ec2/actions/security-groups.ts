import type { XmlValue } from '../../../lib/xml/write-xml.ts';
import { NovaError } from '../../../lib/errors/error-type.ts';
import { groupIdOf } from '../../../objects/ec2-ids.ts';
import type { NamedGroup, SecurityGroup, SecurityGroupRule } from '../../../objects/network.ts';
import { DONE, type Ec2Action, setOf } from '../action.ts';
import { DependencyViolation, GroupExists } from '../errors.ts';
import { passing } from '../wire/filters.ts';
import { groupAsked, groupIn, groupsOf } from '../wire/groups.ts';
import { pageOf } from '../wire/paging.ts';

/** A rule as EC2 shows it: -1 is any protocol. */
const permissionView = (rule: SecurityGroupRule, remotes: readonly NamedGroup[]): XmlValue => {
  const peers = remotes.filter(({ id }) => id === rule.remoteGroupId);
  const range = rule.remoteCidr ?? (rule.remoteGroupId === null ? (rule.ethertype === 'IPv4' ? '0.0.0.0/0' : '::/0') : undefined);
  return {
    ipProtocol: rule.protocol ?? '-1',
    fromPort: rule.protocol === null ? undefined : (rule.portMin ?? -1),
    toPort: rule.protocol === null ? undefined : (rule.portMax ?? -1),
    groups: setOf(peers.map((group) => ({ userId: group.projectId, groupId: groupIdOf(group), groupName: group.name }))),
    ipRanges: setOf(range === undefined || range.includes(':') ? [] : [{ cidrIp: range }]),
    ipv6Ranges: setOf(range?.includes(':') ? [{ cidrIpv6: range }] : []),
    prefixListIds: null,
  };
};

const groupView = (group: SecurityGroup, remotes: readonly NamedGroup[]): XmlValue => {
  const rules = (direction: SecurityGroupRule['direction']) =>
    setOf(group.rules.filter((rule) => rule.direction === direction).map((rule) => permissionView(rule, remotes)));
  return {
    ownerId: group.projectId,
    groupId: groupIdOf(group),
    groupName: group.name,
    groupDescription: group.description,
    ipPermissions: rules('ingress'),
    ipPermissionsEgress: rules('egress'),
    tagSet: null,
  };
};

export const groupActions: readonly Ec2Action[] = [
  {
    name: 'DescribeSecurityGroups',
    summary: 'List the security groups.',
    policy: 'os_compute_api:os-security-groups:get',
    run: async (asked, { securityGroups }) => {
      const { groups, remotes } = await groupsOf(asked, securityGroups);
      const named = [...asked.list('GroupId'), ...asked.list('GroupName')];
      const wanted = named.length === 0 ? groups : named.map((one) => groupIn(groups, one));
      const found = passing(wanted, asked.filters, {
        'group-id': groupIdOf,
        'group-name': ({ name }) => name,
        description: ({ description }) => description,
        'owner-id': ({ projectId }) => projectId,
      });
      const { items, nextToken } = pageOf(asked, found, groupIdOf, 'GroupId');
      return { securityGroupInfo: setOf(items.map((group) => groupView(group, remotes))), nextToken };
    },
  },
  {
    name: 'CreateSecurityGroup',
    summary: 'Make a security group.',
    policy: 'os_compute_api:os-security-groups:create',
    run: async (asked, { securityGroups }) => {
      const [name, description] = [asked.required('GroupName'), asked.required('GroupDescription')];
      const { groups } = await groupsOf(asked, securityGroups);
      // The network service lets groups have one name; EC2 names groups by it.
      if (groups.some((group) => group.name === name)) throw GroupExists({ name });
      const made = await securityGroups.create(asked.ctx, { name, description });
      return { return: true, groupId: made.groups[0] && groupIdOf(made.groups[0]) };
    },
  },
  {
    name: 'DeleteSecurityGroup',
    summary: 'Delete a security group.',
    policy: 'os_compute_api:os-security-groups:delete',
    run: async (asked, { securityGroups }) => {
      const group = await groupAsked(asked, securityGroups);
      await securityGroups.delete(asked.ctx, group.id).catch((cause: unknown) => {
        throw cause instanceof NovaError && cause.kind === 'invalid' ? DependencyViolation({ group: groupIdOf(group) }, { cause }) : cause;
      });
      return DONE;
    },
  },
];
