/** Validates and normalises subnets: every address gets its canonical form, so that files generated from them are safe. */
import type { AddressPool, HostRoute } from '../../objects/network.ts';
import { GatewayConflictWithAllocationPools, invalidInput, OverlappingAllocationPools } from '../errors.ts';
import {
  canonicalAddress,
  contains,
  formatAddress,
  formatPrefix,
  type Prefix,
  parseAddress,
  parsePrefix,
  poolsWithout,
  usable,
} from './ip-range.ts';

/** A subnet as requested. */
export interface WantedSubnet {
  readonly cidr: string;
  readonly ipVersion: 4 | 6;
  /** Left out: the first usable address. Null: no gateway. */
  readonly gatewayIp?: string | null;
  /** Left out: all usable addresses but the gateway's. */
  readonly allocationPools?: readonly AddressPool[];
  readonly dnsNameservers?: readonly string[];
  readonly hostRoutes?: readonly HostRoute[];
}

/** The same, complete and normalised. */
export interface PlannedSubnet {
  readonly cidr: string;
  readonly prefix: Prefix;
  readonly gatewayIp: string | null;
  readonly allocationPools: readonly AddressPool[];
  readonly dnsNameservers: readonly string[];
  readonly hostRoutes: readonly HostRoute[];
}

/** Addresses with a fixed meaning: this host, link-local (where metadata is answered), multicast. */
const RESERVED = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '::/8', 'fe80::/10', 'ff00::/8'];

/** Validates and normalises a subnet; throws InvalidInput with the name of the invalid field. */
export function planSubnet(wanted: WantedSubnet): PlannedSubnet {
  const prefix = planPrefix(wanted);
  const gatewayIp = planGateway(prefix, wanted.gatewayIp);
  const gateway = gatewayIp === null ? undefined : parseAddress(gatewayIp)?.value;
  return {
    cidr: formatPrefix(prefix),
    prefix,
    gatewayIp,
    allocationPools: wanted.allocationPools ? planPools(prefix, wanted.allocationPools, gateway) : poolsWithout(prefix, gateway),
    dnsNameservers: (wanted.dnsNameservers ?? []).map((server) => {
      return canonicalAddress(server) ?? refuse('dns_nameservers', `'${server}' is not a valid IP address.`);
    }),
    hostRoutes: (wanted.hostRoutes ?? []).map((each) => planRoute(prefix, each)),
  };
}

function planPrefix({ cidr, ipVersion }: WantedSubnet): Prefix {
  const prefix = parsePrefix(cidr) ?? refuse('cidr', `'${cidr}' is not a valid IP subnet.`);
  if (prefix.version !== ipVersion) refuse('cidr', `'${cidr}' does not match ip_version '${ipVersion}'.`);
  if (prefix.last - prefix.first < 3n) refuse('cidr', `'${cidr}' has no room for a gateway and a host.`);
  const reserved = RESERVED.find((text) => overlaps(prefix, text));
  if (reserved !== undefined) refuse('cidr', `'${cidr}' has addresses of ${reserved}, which are reserved.`);
  return prefix;
}

function overlaps(prefix: Prefix, text: string): boolean {
  const other = parsePrefix(text);
  return other !== undefined && other.version === prefix.version && other.first <= prefix.last && prefix.first <= other.last;
}

function planGateway(prefix: Prefix, wanted: string | null | undefined): string | null {
  if (wanted === null) return null;
  if (wanted === undefined) return poolsWithout(prefix, undefined)[0]?.start ?? null;
  return inside(prefix, 'gateway_ip', wanted);
}

/** The canonical form of an address; refuses one that no host of the subnet may have. */
function inside(prefix: Prefix, field: string, text: string): string {
  const address = parseAddress(text);
  const { first, last } = usable(prefix);
  const isInside = address && contains(prefix, address) && first <= address.value && address.value <= last;
  return isInside
    ? (canonicalAddress(text) ?? text)
    : refuse(field, `'${text}' is not a usable address of the subnet ${formatPrefix(prefix)}.`);
}

function planPools(prefix: Prefix, pools: readonly AddressPool[], gateway: bigint | undefined): AddressPool[] {
  const planned = pools.map(({ start, end }) => ({
    start: inside(prefix, 'allocation_pools', start),
    end: inside(prefix, 'allocation_pools', end),
  }));
  const ranges = planned.map(({ start, end }) => ({ start, end, first: valueOf(start), last: valueOf(end) }));
  for (const { start, end, first, last } of ranges) {
    if (first > last) refuse('allocation_pools', `The pool ${start}-${end} ends before it begins.`);
    if (gateway !== undefined && first <= gateway && gateway <= last)
      throw GatewayConflictWithAllocationPools({
        gatewayIp: formatAddress({ version: prefix.version, value: gateway }),
        pool: `${start}-${end}`,
      });
  }
  for (const [index, one] of ranges.entries()) {
    const other = ranges.slice(index + 1).find(({ first, last }) => one.first <= last && first <= one.last);
    if (other) throw OverlappingAllocationPools({ pools: [textOf(one), textOf(other)], cidr: formatPrefix(prefix) });
  }
  return planned;
}

const textOf = ({ start, end }: AddressPool): string => `${start}-${end}`;

const valueOf = (address: string): bigint => parseAddress(address)?.value ?? 0n;

function planRoute(prefix: Prefix, { destination, nexthop }: HostRoute): HostRoute {
  const [to, by] = [parsePrefix(destination), parseAddress(nexthop)];
  if (to?.version !== prefix.version) return refuse('host_routes', `'${destination}' is not a valid IP subnet of the same version.`);
  if (by?.version !== prefix.version) return refuse('host_routes', `'${nexthop}' is not a valid IP address of the same version.`);
  return { destination: formatPrefix(to), nexthop: canonicalAddress(nexthop) ?? nexthop };
}

function refuse(field: string, problem: string): never {
  throw invalidInput(field, problem);
}
