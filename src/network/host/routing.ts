/** Computes from the books what the routers of one host are. Pure. */
import type { LeadingIp } from '../../db/stores/network/floating-targets.ts';
import type { Router, RouterLeg, Subnet } from '../../objects/network.ts';
import type { HostRouter, HostRouterLeg } from './host-router.ts';

/** The part of the books that concerns routers. */
export interface RoutingBooks {
  readonly routers: readonly Router[];
  readonly subnets: readonly Subnet[];
  readonly floatingIps: readonly LeadingIp[];
}

/** The routers that forward; one that was switched off is nowhere. */
export const hostRoutersOf = ({ routers, subnets, floatingIps }: RoutingBooks): readonly HostRouter[] =>
  routers
    .filter(({ adminStateUp }) => adminStateUp)
    .map(({ id, interfaces, gateway, isTranslating, routes }) => ({
      id,
      interfaces: interfaces.map((leg) => legOf(leg, subnets)),
      gateway: gateway && legOf(gateway, subnets),
      nextHops: subnetsOf(gateway, subnets).flatMap(({ gatewayIp }) => gatewayIp ?? []),
      isTranslating,
      routes,
      floatingIps: floatingIps.filter(({ routerId }) => routerId === id).map(({ address, fixedIp }) => ({ address, fixedIp })),
    }));

const legOf = ({ portId, networkId, macAddress, fixedIps }: RouterLeg, subnets: readonly Subnet[]): HostRouterLeg => ({
  portId,
  networkId,
  macAddress,
  addresses: fixedIps.flatMap(({ subnetId, ipAddress }) => {
    const subnet = subnets.find(({ id }) => id === subnetId);
    return subnet ? [`${ipAddress}/${subnet.cidr.split('/')[1]}`] : [];
  }),
});

const subnetsOf = (leg: RouterLeg | null, subnets: readonly Subnet[]): readonly Subnet[] =>
  leg ? leg.fixedIps.flatMap(({ subnetId }) => subnets.find(({ id }) => id === subnetId) ?? []) : [];
