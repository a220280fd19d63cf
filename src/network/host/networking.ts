/** Computes from the books what one host must carry: ports with their rules resolved, and their networks. Pure. */
import type { MemberAddress } from '../../db/stores/network/security-groups.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import { asId, type ProjectId } from '../../objects/ids.ts';
import type { LeadingPort } from '../../db/stores/network/port-forwardings.ts';
import type { LeadingIp } from '../../db/stores/network/floating-targets.ts';
import type { Network, Port, Router, SecurityGroupRule, Subnet } from '../../objects/network.ts';
import type { QosPolicy } from '../../objects/network-qos.ts';
import type { HostNetwork, HostNetworking, HostPort, RuleRemote, SecurityRule } from './driver.ts';
import type { RemotePort } from '../../db/stores/network/network-hosts.ts';
import { limitsOf } from './port-limits.ts';
import { hostRoutersOf } from './routing.ts';
import { hostTunnelsOf } from './tunnels.ts';

/** The part of the books that concerns one host. */
export interface HostBooks {
  /** The ports bound to it. */
  readonly ports: readonly Port[];
  /** Their networks, then those that only its routers are on, each oldest first and with all subnets. */
  readonly networks: readonly Network[];
  readonly subnets: readonly Subnet[];
  /** The rules of the ports' groups, and the members of the groups that these rules name. */
  readonly rules: readonly SecurityGroupRule[];
  readonly members: readonly MemberAddress[];
  /** The routers that its guests can reach, and the floating IPs that lead to its ports. */
  readonly routers: readonly Router[];
  readonly floatingIps: readonly LeadingIp[];
  /** The QoS policies of its ports and networks. */
  readonly policies: readonly QosPolicy[];
  /** Likewise single ports of floating IPs. */
  readonly forwardings: readonly LeadingPort[];
  /** Where the host is reached by others, if there are any, and what these have of its networks. */
  readonly tunnelAddress?: string | undefined;
  readonly portsElsewhere: readonly RemotePort[];
}

/** All that the host must carry. */
export function buildHostNetworking(books: HostBooks): HostNetworking {
  const rulesOf = sharedRules(books);
  return {
    networks: books.networks.map((network) => toHostNetwork(network, books.subnets)),
    ports: books.ports.map((port) => toHostPort(port, books, rulesOf)),
    routers: hostRoutersOf(books),
    tunnels: hostTunnelsOf(books),
  };
}

/** Most ports of a host are in the same groups, whose rules can have hundreds of addresses: they are resolved once. */
function sharedRules({ rules, members }: HostBooks): (groupIds: readonly string[]) => readonly SecurityRule[] {
  const known = new Map<string, readonly SecurityRule[]>();
  return (groupIds) => {
    const key = groupIds.join();
    const resolved =
      known.get(key) ??
      resolveRules(
        rules.filter(({ groupId }) => groupIds.includes(groupId)),
        members,
      );
    known.set(key, resolved);
    return resolved;
  };
}

const toHostNetwork = ({ id, name, mtu, bridge, isExternal }: Network, subnets: readonly Subnet[]): HostNetwork => ({
  id,
  name,
  mtu,
  ...(isExternal && { isExternal }),
  ...(bridge !== null && { bridge }),
  subnets: subnets
    .filter(({ networkId }) => networkId === id)
    .map((subnet) => ({
      id: subnet.id,
      cidr: subnet.cidr,
      gatewayIp: subnet.gatewayIp,
      hostIp: subnet.hostIp,
      ...(subnet.isRouted && { isRouted: true }),
      enableDhcp: subnet.enableDhcp,
      dnsNameservers: subnet.dnsNameservers,
      hostRoutes: subnet.hostRoutes,
    })),
});

function toHostPort(port: Port, { networks, policies }: HostBooks, rulesOf: ReturnType<typeof sharedRules>): HostPort {
  const { id, serverId, projectId, networkId, macAddress, fixedIps, hostname, allowedAddressPairs, extraDhcpOptions } = port;
  invariant(serverId, 'a port on a host belongs to a server');
  const network = networks.find((one) => one.id === networkId);
  const isUp = port.adminStateUp && network?.adminStateUp === true;
  return {
    id,
    serverId,
    projectId: asId<ProjectId>(projectId),
    networkId,
    macAddress,
    fixedIps,
    hostname,
    allowedAddressPairs,
    ...limitsOf(port, network, policies),
    ...(extraDhcpOptions.length > 0 && { dhcpOptions: extraDhcpOptions }),
    // A port that was switched off is filtered without any rule: nothing passes.
    portSecurityEnabled: port.portSecurityEnabled || !isUp,
    rules: isUp ? rulesOf(port.securityGroupIds) : [],
  };
}

/** A port's rules with groups replaced by the addresses of their members; duplicates are dropped. */
export function resolveRules(rules: readonly SecurityGroupRule[], members: readonly MemberAddress[]): readonly SecurityRule[] {
  const resolved = rules.map((rule): SecurityRule => {
    const { direction, ethertype, protocol, portMin, portMax } = rule;
    return { direction, ethertype, protocol, portMin, portMax, remote: remoteOf(rule, members) };
  });
  return [...new Map(resolved.map((rule) => [JSON.stringify(rule), rule])).values()];
}

function remoteOf({ remoteCidr, remoteGroupId, ethertype }: SecurityGroupRule, members: readonly MemberAddress[]): RuleRemote {
  if (remoteCidr !== null) return { kind: 'cidr', cidr: remoteCidr };
  if (remoteGroupId === null) return { kind: 'any' };
  const ofGroup = members.filter(({ groupId, address }) => groupId === remoteGroupId && ethertypeOf(address) === ethertype);
  return { kind: 'addresses', addresses: ofGroup.map(({ address }) => address) };
}

const ethertypeOf = (address: string): SecurityRule['ethertype'] => (address.includes(':') ? 'IPv6' : 'IPv4');
