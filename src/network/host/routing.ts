/** Computes from the books what the routers of one host are. Pure. */
import type { LeadingPort } from '../../db/stores/network/port-forwardings.ts';
import type { LeadingIp } from '../../db/stores/network/floating-targets.ts';
import type { Router, RouterLeg, Subnet } from '../../objects/network.ts';
import type { HostRouter, HostRouterLeg } from './host-router.ts';

/** The part of the books that concerns routers. */
export interface RoutingBooks {
  readonly routers: readonly Router[];
  readonly subnets: readonly Subnet[];
  readonly floatingIps: readonly LeadingIp[];
  readonly forwardings: readonly LeadingPort[];
}

/** The routers that forward; one that was switched off is nowhere. */
export const hostRoutersOf = ({ routers, subnets, floatingIps, forwardings }: RoutingBooks): readonly HostRouter[] =>
  routers
    .filter(({ adminStateUp }) => adminStateUp)
    .map(({ id, interfaces, gateway, isTranslating, routes }) => ({
      id,
      interfaces: interfaces.map((leg) => interfaceOf(leg, subnets)),
      gateway: gateway && legOf(gateway, subnets),
      nextHops: subnetsOf(gateway, subnets).flatMap(({ gatewayIp }) => gatewayIp ?? []),
      isTranslating,
      routes,
      ...forwardingsOf(id, forwardings),
      floatingIps: floatingIps.filter(({ routerId }) => routerId === id).map(({ address, fixedIp }) => ({ address, fixedIp })),
    }));

function forwardingsOf(id: string, all: readonly LeadingPort[]): Pick<HostRouter, 'forwardings'> {
  const own = all.filter(({ routerId }) => routerId === id);
  const forwardings = own.map(({ address, protocol, externalPort, fixedIp, internalPort }) => {
    return { address, protocol, externalPort, fixedIp, internalPort };
  });
  return forwardings.length > 0 ? { forwardings } : {};
}

const legOf = ({ portId, networkId, macAddress, fixedIps }: RouterLeg, subnets: readonly Subnet[]): HostRouterLeg => ({
  portId,
  networkId,
  macAddress,
  addresses: fixedIps.flatMap(({ subnetId, ipAddress }) => {
    const subnet = subnets.find(({ id }) => id === subnetId);
    return subnet ? [`${ipAddress}/${subnet.cidr.split('/')[1]}`] : [];
  }),
});

/** The same for an interface, which tells guests how to make addresses. */
const interfaceOf = (leg: RouterLeg, subnets: readonly Subnet[]): HostRouterLeg => {
  const advertised = subnetsOf(leg, subnets).flatMap(({ id, cidr, ipv6RaMode, dnsNameservers }) =>
    ipv6RaMode === null ? [] : [{ subnetId: id, cidr, mode: ipv6RaMode, dnsNameservers }],
  );
  return { ...legOf(leg, subnets), ...(advertised.length > 0 && { advertised }) };
};

const subnetsOf = (leg: RouterLeg | null, subnets: readonly Subnet[]): readonly Subnet[] =>
  leg ? leg.fixedIps.flatMap(({ subnetId }) => subnets.find(({ id }) => id === subnetId) ?? []) : [];
