/**
 * Writes the tables that keep apart what each host has under the same addresses: the routers of a network, and what serves it. Pure text.
 */
import { createHash } from 'node:crypto';
import { bridgeName, tunnelName } from '../../device-names.ts';
import type { HostNetwork } from '../../driver.ts';
import type { HostRouter } from '../../host-router.ts';
import type { HostTunnel } from '../../host-tunnel.ts';
import { servingMac } from './bridge-plan.ts';
import { endsHere } from './host-addressing.ts';
import { setOf } from './security-rules.ts';
import { ipVersion } from './ip-text.ts';
import { VXLAN_PORT } from './tunnel-plan.ts';

/** After frames were marked with their ports, before the IP layer sees them. */
const PRIORITY = -150;

/**
 * The body of the bridge table. What a router sends to a guest of another host leaves under an address of this host, or the other would
 * look for its own router here. Nothing else passes from or to what every host has.
 */
export function anycastTable(tunnels: readonly HostTunnel[], routers: readonly HostRouter[]): string {
  const jumps = (chain: string) =>
    tunnels.map(({ networkId }) => `"${tunnelName(networkId)}" : goto ${chain}_${tunnelName(networkId)}`).join(', ');
  const chains = tunnels.map((tunnel) => {
    const name = tunnelName(tunnel.networkId);
    const legs = routerMacs(routers, tunnel.networkId);
    const everywhere = setOf([servingMac(tunnel.networkId), ...legs]);
    return `
  chain in_${name} {
    ether saddr ${everywhere} counter drop
  }
  chain out_${name} {
    ether saddr ${servingMac(tunnel.networkId)} counter drop
    ether daddr ${everywhere} counter drop
    ${legs.length > 0 ? `ether saddr ${setOf(legs)} ether saddr set ${hostMac(tunnel)}` : ''}
  }`;
  });
  return `
  chain in {
    type filter hook prerouting priority ${PRIORITY}; policy accept;
    ${tunnels.length > 0 ? `iifname vmap { ${jumps('in')} }` : ''}
  }
  chain out {
    type filter hook forward priority ${PRIORITY}; policy accept;
    ${tunnels.length > 0 ? `oifname vmap { ${jumps('out')} }` : ''}
  }
  ${chains.join('')}
`;
}

/** The body of the table that keeps frames of others out: they come from the other hosts only, and guests reach no host at that port. */
export function underlayTable(tunnels: readonly HostTunnel[], networks: readonly HostNetwork[]): string {
  const peers = [...new Set(tunnels.flatMap((tunnel) => tunnel.peers.map(({ address }) => address)))];
  const outside = networks.filter(endsHere).map((network) => `"${bridgeName(network)}"`);
  const fields = [
    ['ip', 4],
    ['ip6', 6],
  ] as const;
  const lines = (make: (field: string, set: string) => string) =>
    fields.flatMap(([field, version]) => {
      const some = peers.filter((address) => ipVersion(address) === version);
      return some.length > 0 ? [make(field, setOf(some))] : [];
    });
  return `
  chain input {
    type filter hook input priority 0; policy accept;
    udp dport != ${VXLAN_PORT} accept
    ${lines((field, set) => `${field} saddr ${set} accept`).join('\n    ')}
    counter drop
  }
  chain forwarding {
    type filter hook forward priority 0; policy accept;
    ${outside.length > 0 ? lines((field, set) => `iifname { ${outside.join(', ')} } udp dport ${VXLAN_PORT} ${field} daddr ${set} counter drop`).join('\n    ') : ''}
  }
`;
}

const routerMacs = (routers: readonly HostRouter[], networkId: string): string[] =>
  routers
    .flatMap(({ interfaces, gateway }) => [...interfaces, ...(gateway ? [gateway] : [])])
    .filter((leg) => leg.networkId === networkId)
    .map(({ macAddress }) => macAddress.toLowerCase());

/** The address under which this host's routers send to other hosts. */
const hostMac = ({ networkId, localAddress }: HostTunnel): string => {
  const hex = createHash('sha256').update(`${localAddress} ${networkId}`).digest('hex');
  return ['02', ...[0, 2, 4, 6, 8].map((at) => hex.slice(at, at + 2))].join(':');
};
