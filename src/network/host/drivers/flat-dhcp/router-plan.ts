/** Decides what a router's namespace must get, change or lose. Pure: it compares what is wanted with what was seen. */
import { bridgeName, gatewayLegName, innerLegName, legName } from '../../device-names.ts';
import type { HostNetwork } from '../../driver.ts';
import type { HostRouter, HostRouterLeg } from '../../host-router.ts';
import { addressChanges } from './host-addressing.ts';
import type { CloudMark } from './cloud-mark.ts';
import { canonical, ipVersion } from './ip-text.ts';
import type { SeenLink } from './seen-links.ts';

/** A device of a router, with its network and the name of its inner end. */
export interface RouterDevice {
  readonly leg: HostRouterLeg;
  readonly network: HostNetwork;
  readonly name: string;
  /** With prefix lengths, as the kernel shows them; the one to send from comes first. */
  readonly addresses: readonly string[];
}

/** The devices of a router on the networks that the host carries. */
export function devicesOf({ interfaces, gateway, floatingIps }: HostRouter, networks: ReadonlyMap<string, HostNetwork>): RouterDevice[] {
  const device = (leg: HostRouterLeg, name: string, more: readonly string[]): RouterDevice[] => {
    const network = networks.get(leg.networkId);
    return network ? [{ leg, network, name, addresses: [...leg.addresses.map(asShown), ...more] }] : [];
  };
  return [
    ...interfaces.flatMap((leg) => device(leg, innerLegName(leg.portId), [])),
    ...(gateway
      ? device(
          gateway,
          gatewayLegName(gateway.portId),
          floatingIps.map(({ address }) => `${address}/32`),
        )
      : []),
  ];
}

const asShown = (address: string): string => {
  const [host = '', bits] = address.split('/');
  return `${canonical(host)}/${bits}`;
};

/** The lines for `ip -batch` on the host that make a device, or put it on its bridge again; none when all is well. */
export function outerSteps(
  { leg, network, name }: RouterDevice,
  at: { readonly seen: SeenLink | undefined; readonly netns: string; readonly cloud: CloudMark },
): string[] {
  const [outer, bridge] = [legName(leg.portId), bridgeName(network)];
  const settings = `link set dev ${outer} alias ${at.cloud.alias(`leg:${leg.portId}`)} addrgenmode none master ${bridge} mtu ${network.mtu} up`;
  if (!at.seen) return [`link add name ${outer} mtu ${network.mtu} type veth peer name ${name} netns ${at.netns}`, settings];
  const isWell = at.seen.bridge === bridge && at.seen.isUp && at.seen.mtu === network.mtu && at.cloud.isOurs(at.seen);
  return isWell ? [] : [settings];
}

/** The lines for `ip -batch` in the router's namespace that make its devices as wanted. */
export function innerSteps(devices: readonly RouterDevice[], seen: ReadonlyMap<string, SeenLink>): string[] {
  const lo = seen.get('lo')?.isUp ? [] : ['link set dev lo up'];
  return [...lo, ...devices.flatMap((device) => deviceSteps(device, seen.get(device.name)))];
}

function deviceSteps({ leg, network, name, addresses }: RouterDevice, seen: SeenLink | undefined): string[] {
  const isWell = seen?.isUp && seen.mtu === network.mtu && seen.mac === leg.macAddress.toLowerCase();
  const settings = `link set dev ${name} address ${leg.macAddress} mtu ${network.mtu} addrgenmode none up`;
  return [...(isWell ? [] : [settings]), ...addressChanges(name, { wanted: addresses, seen: seen?.addresses ?? [] })];
}

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
