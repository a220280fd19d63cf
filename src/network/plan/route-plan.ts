/** Normalises the extra routes of a router. */
import type { HostRoute } from '../../objects/network.ts';
import { invalidInput } from '../errors.ts';
import { canonicalAddress, formatPrefix, parseAddress, parsePrefix } from './ip-range.ts';

/** The most routes of one router, as in Neutron. */
export const MAX_ROUTES = 30;

/** The routes in canonical form; throws InvalidInput for what is none, and for one that comes twice. */
export function planRoutes(routes: readonly HostRoute[]): readonly HostRoute[] {
  const planned = routes.map(({ destination, nexthop }) => {
    const [to, by] = [parsePrefix(destination), parseAddress(nexthop)];
    if (!to) throw invalidInput('routes', `'${destination}' is not a valid IP subnet.`);
    if (by?.version !== to.version) throw invalidInput('routes', `'${nexthop}' is not a valid IP address of the same version.`);
    return { destination: formatPrefix(to), nexthop: canonicalAddress(nexthop) ?? nexthop };
  });
  const twice = planned.find((one, index) => planned.findIndex((other) => isSameRoute(one, other)) < index);
  if (twice) throw invalidInput('routes', `Duplicate items in the list: '${twice.destination} via ${twice.nexthop}'.`);
  return planned;
}

export const isSameRoute = (a: HostRoute, b: HostRoute): boolean => a.destination === b.destination && a.nexthop === b.nexthop;
