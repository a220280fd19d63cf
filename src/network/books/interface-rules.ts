/** What a router's interfaces must be, for packets to find their way. */
import { findSubnets } from '../../db/stores/network/networks.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { type FixedIp, type HostRoute, legsOf, type Router, type Subnet } from '../../objects/network.ts';
import { contains, parseAddress, parsePrefix, prefixesOverlap } from '../plan/ip-range.ts';
import { BadRouterRequest, InvalidRoutes } from '../router-errors.ts';

type Legs = Pick<Router, 'gateway' | 'interfaces'>;

/** The addresses that a router has. */
const addressesOf = (router: Legs): readonly FixedIp[] => legsOf(router).flatMap(({ fixedIps }) => fixedIps);

/** The subnets that a router is on. */
const subnetsOf = (db: CloudDb, router: Legs): Promise<readonly Subnet[]> =>
  findSubnets(
    db,
    addressesOf(router).map(({ subnetId }) => subnetId),
    null,
  );

/** Throws if the router is on the subnet already, or on another one with some of its addresses. */
export async function refuseOverlapping(db: CloudDb, router: Legs, subnet: Subnet): Promise<void> {
  const mine = parsePrefix(subnet.cidr);
  for (const other of await subnetsOf(db, router)) {
    if (other.id === subnet.id) throw BadRouterRequest({ reason: `Router already has a port on subnet ${subnet.id}` });
    const theirs = parsePrefix(other.cidr);
    if (mine && theirs && prefixesOverlap(mine, theirs)) {
      const reason = `Cidr ${subnet.cidr} of subnet ${subnet.id} overlaps with cidr ${other.cidr} of subnet ${other.id}`;
      throw BadRouterRequest({ reason });
    }
  }
}

/** Throws unless the next hop of each route is on a subnet of the router, and is not the router itself. */
export async function refuseUnreachable(db: CloudDb, router: Router, routes: readonly HostRoute[]): Promise<void> {
  const subnets = await subnetsOf(db, router);
  const own = addressesOf(router);
  const text = JSON.stringify(routes);
  for (const { nexthop } of routes) {
    if (own.some(({ ipAddress }) => ipAddress === nexthop))
      throw InvalidRoutes({ routes: text, reason: `the nexthop ${nexthop} is used by router` });
    if (!subnets.some(({ cidr }) => holds(cidr, nexthop)))
      throw InvalidRoutes({ routes: text, reason: `the nexthop ${nexthop} is not connected with router` });
  }
}

/** Whether a prefix has an address. */
export function holds(cidr: string, ipAddress: string): boolean {
  const [prefix, address] = [parsePrefix(cidr), parseAddress(ipAddress)];
  return prefix !== undefined && address !== undefined && contains(prefix, address);
}
