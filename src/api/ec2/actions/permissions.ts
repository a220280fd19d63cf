/** The rules of security groups, which EC2 names by what they allow. */
import type { AskedRule } from '../../../compute/proxies/asked-rule.ts';
import { NovaError } from '../../../lib/errors/error-type.ts';
import type { SecurityGroup, SecurityGroupRule } from '../../../objects/network.ts';
import { DONE, type Ec2Action } from '../action.ts';
import type { Ec2Deps } from '../deps.ts';
import { MissingParameter, PermissionExists, PermissionNotFound } from '../errors.ts';
import type { Ec2Asked } from '../wire/asked.ts';
import { groupAsked, groupIn, groupsOf } from '../wire/groups.ts';

/** Protocols by their numbers, which clients may write. */
const PROTOCOLS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp' };

interface Permission {
  readonly protocol: string;
  readonly fromPort: string | undefined;
  readonly toPort: string | undefined;
  readonly cidr?: string;
  readonly remote?: SecurityGroup;
}

/** What the request allows: in the form of today, `IpPermissions.N`, or in the flat one of old tools. */
async function permissionsIn(asked: Ec2Asked, { securityGroups }: Ec2Deps): Promise<readonly Permission[]> {
  const prefixes = asked.numbersOf('IpPermissions').map((number) => `IpPermissions.${number}.`);
  const { groups } = await groupsOf(asked, securityGroups);
  const all = (prefixes.length === 0 ? [''] : prefixes).flatMap((prefix): Permission[] => {
    const protocol = asked.required(`${prefix}IpProtocol`).toLowerCase();
    const ports = {
      protocol: PROTOCOLS[protocol] ?? protocol,
      fromPort: asked.text(`${prefix}FromPort`),
      toPort: asked.text(`${prefix}ToPort`),
    };
    const cidrs = [...rangesIn(asked, `${prefix}IpRanges`, 'CidrIp'), ...rangesIn(asked, `${prefix}Ipv6Ranges`, 'CidrIpv6')];
    const flat = prefix === '' ? asked.text('CidrIp') : undefined;
    const remotes = asked
      .numbersOf(`${prefix}Groups`)
      .map((number) => asked.text(`${prefix}Groups.${number}.GroupId`) ?? asked.required(`${prefix}Groups.${number}.GroupName`));
    const source = prefix === '' ? asked.text('SourceSecurityGroupName') : undefined;
    return [
      ...[...cidrs, ...(flat === undefined ? [] : [flat])].map((cidr) => ({ ...ports, cidr })),
      ...[...remotes, ...(source === undefined ? [] : [source])].map((named) => ({ ...ports, remote: groupIn(groups, named) })),
    ];
  });
  if (all.length === 0) throw MissingParameter({ name: 'IpPermissions.1.IpRanges.1.CidrIp' });
  return all;
}

const rangesIn = (asked: Ec2Asked, parameter: string, name: string): readonly string[] =>
  asked.numbersOf(parameter).map((number) => asked.required(`${parameter}.${number}.${name}`));

/** Any protocol; a group can be let in so, an address range needs one. */
const ANY = '-1';

const ruleOf = (group: SecurityGroup, { remote, ...asked }: Permission): AskedRule => ({
  ...(remote && asked.protocol === ANY ? {} : asked),
  parentGroupId: group.id,
  groupId: remote?.id,
});

/** The range of a rule that names none, nor a group. */
const everywhere = ({ ethertype }: SecurityGroupRule): string => (ethertype === 'IPv4' ? '0.0.0.0/0' : '::/0');

/** Whether a rule allows just this. */
const isSame = (rule: SecurityGroupRule, { protocol, fromPort, toPort, cidr, remote }: Permission): boolean =>
  rule.direction === 'ingress' &&
  (rule.protocol ?? ANY) === protocol &&
  String(rule.portMin ?? -1) === (fromPort ?? '-1') &&
  String(rule.portMax ?? -1) === (toPort ?? '-1') &&
  rule.remoteGroupId === (remote?.id ?? null) &&
  (remote !== undefined || (rule.remoteCidr ?? everywhere(rule)) === cidr);

export const permissionActions: readonly Ec2Action[] = [
  {
    name: 'AuthorizeSecurityGroupIngress',
    summary: 'Add rules to a security group: all of them are new, or none is added.',
    policy: 'os_compute_api:os-security-groups:rule:create',
    run: async (asked, deps) => {
      const group = await groupAsked(asked, deps.securityGroups);
      const wanted = await permissionsIn(asked, deps);
      if (wanted.some((one) => group.rules.some((rule) => isSame(rule, one)))) throw PermissionExists({});
      for (const one of wanted)
        await deps.securityGroups.createRule(asked.ctx, ruleOf(group, one)).catch((cause: unknown) => {
          const isThere = cause instanceof NovaError && cause.cause instanceof NovaError && cause.cause.code === 'SecurityGroupRuleExists';
          throw isThere ? PermissionExists({}, { cause }) : cause;
        });
      return DONE;
    },
  },
  {
    name: 'RevokeSecurityGroupIngress',
    summary: 'Remove rules of a security group.',
    policy: 'os_compute_api:os-security-groups:rule:delete',
    run: async (asked, deps) => {
      const group = await groupAsked(asked, deps.securityGroups);
      // A group may be let in by two rules, one for each version of IP, which EC2 does not tell apart.
      const found = (await permissionsIn(asked, deps)).map((one) => group.rules.filter((rule) => isSame(rule, one)));
      if (found.some((rules) => rules.length === 0)) throw PermissionNotFound({});
      for (const id of new Set(found.flat().map((rule) => rule.id))) await deps.securityGroups.deleteRule(asked.ctx, id);
      return DONE;
    },
  },
];
