import { BlockList, isIP, isIPv6 } from 'node:net';
import { type Filter, giveUp, pass, reject } from './filter.ts';

/** How large a net is, where the hint `cidr` does not say. */
const DEFAULT_PREFIX = '/24';

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** The net around an address; undefined if the hints name none. */
function netAround(address: unknown, cidr: unknown): BlockList | undefined {
  if (typeof address !== 'string' || isIP(address) === 0) return undefined;
  const [, digits] = /^\/(\d{1,3})$/.exec(typeof cidr === 'string' ? cidr : DEFAULT_PREFIX) ?? [];
  const prefix = Number(digits ?? Number.NaN);
  if (!(prefix <= (isIPv6(address) ? 128 : 32))) return undefined;
  const net = new BlockList();
  net.addSubnet(address, prefix, familyOf(address));
  return net;
}

/** The host's address is in the net around the hint `build_near_host_ip`, as large as the hint `cidr` says. */
export const simpleCidrAffinityFilter: Filter = {
  name: 'SimpleCIDRAffinityFilter',
  checkFor: ({ hints: { build_near_host_ip: address, cidr } }) => {
    if (address === undefined) return undefined;
    const net = netAround(address, cidr);
    const refusal = reject(net ? 'not in the net that was asked for' : 'the hints build_near_host_ip and cidr name no net');
    return ({ hostIp }) => (net && isIP(hostIp) !== 0 && net.check(hostIp, familyOf(hostIp)) ? pass : refusal);
  },
  remedy: giveUp('without the hint build_near_host_ip'),
};
