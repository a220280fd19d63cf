/** Decides which devices and routes a router's namespace must have. Pure: it compares what is wanted with what was seen. */
import { bridgeName, gatewayLegName, innerLegName, legName } from '../../device-names.ts';
import type { HostNetwork } from '../../driver.ts';
import { heldAddresses, type HostRouter, type HostRouterLeg } from '../../host-router.ts';
import { canonical, ipVersion, linkLocal } from './ip-text.ts';
import type { Leg } from './legs.ts';

/** The devices of a router on the networks that the host carries. */
export function devicesOf(router: HostRouter, networks: ReadonlyMap<string, HostNetwork>): Leg[] {
  const { interfaces, gateway } = router;
  const device = (leg: HostRouterLeg, name: string, more: readonly string[]): Leg[] => {
    const network = networks.get(leg.networkId);
    if (!network) return [];
    const { portId, macAddress } = leg;
    const place = { outer: legName(portId), mark: `leg:${portId}`, bridge: bridgeName(network), mtu: network.mtu };
    // Guests know their router by its link-local address.
    const own = leg.addresses.some((address) => ipVersion(address) === 6) ? [`${linkLocal(macAddress)}/64`] : [];
    return [{ ...place, name, macAddress, addresses: [...leg.addresses.map(asShown), ...more, ...own] }];
  };
  return [
    ...interfaces.flatMap((leg) => device(leg, innerLegName(leg.portId), [])),
    ...(gateway
      ? device(
          gateway,
          gatewayLegName(gateway.portId),
          heldAddresses(router).map((address) => `${address}/32`),
        )
      : []),
  ];
}

const asShown = (address: string): string => {
  const [host = '', bits] = address.split('/');
  return `${canonical(host)}/${bits}`;
};

/** A route with a next hop. */
export interface Route {
  /** `default` for everything. */
  readonly to: string;
  readonly via: string;
}

/** The routes of a router beside those to its own subnets. */
export function routesOf({ nextHops, routes }: HostRouter): readonly Route[] {
  const named = routes.map(({ destination, nexthop }) => ({
    to: isEverything(destination) ? 'default' : bare(destination),
    via: canonical(nexthop),
  }));
  const taken = (via: string) => named.some((route) => route.to === 'default' && ipVersion(route.via) === ipVersion(via));
  return [
    ...named,
    ...nextHops
      .map(canonical)
      .filter((via) => !taken(via))
      .map((via) => ({ to: 'default', via })),
  ];
}

const isEverything = (destination: string): boolean => destination.endsWith('/0');

/** As the kernel shows a route to one address. */
const bare = (destination: string): string => destination.replace(/(\.\d+)\/32$/, '$1').replace(/(:.*)\/128$/, '$1');

/** The lines for `ip -batch` that make the routes of one version of IP as wanted. */
export function routeSteps(wanted: readonly Route[], seen: readonly Route[], version: 4 | 6): string[] {
  const mine = wanted.filter(({ via }) => ipVersion(via) === version);
  const has = (all: readonly Route[], { to, via }: Route) => all.some((one) => one.to === to && one.via === via);
  return [
    ...seen.filter((route) => !has(mine, route)).map(({ to, via }) => `route del ${to} via ${via}`),
    ...mine.filter((route) => !has(seen, route)).map(({ to, via }) => `route add ${to} via ${via}`),
  ];
}
