/** Writes the table in a router's namespace that translates addresses. Pure text. */
import { gatewayLegName } from '../../device-names.ts';
import type { HostForwarding, HostRouter } from '../../host-router.ts';
import { ipVersion } from './ip-text.ts';

/** The family and name of the table. */
export const ROUTER_TABLE = 'ip nova_router';

/** What a packet from inside to a floating IP bears, so that on its way back inside it gets a source that its target answers through the router. */
const HAIRPIN = 1;

/**
 * The body of the table. A floating IP is translated in both directions; what else leaves by the gateway gets the gateway's address. A
 * connection whose translation is no longer wanted is dropped: the kernel would translate it as long as it lives.
 */
export function routerTable({ gateway, isTranslating, floatingIps, forwardings = [] }: HostRouter): string {
  if (!gateway) return '';
  const out = `"${gatewayLegName(gateway.portId)}"`;
  const own = gateway.addresses.map((address) => address.split('/')[0] ?? '').find((address) => ipVersion(address) === 4);
  const floating = floatingIps.filter(({ address, fixedIp }) => ipVersion(address) === 4 && ipVersion(fixedIp) === 4);
  const toFixed = floating.map(({ address, fixedIp }) => `${address} : ${fixedIp}`).join(', ');
  const toFloating = floating.map(({ address, fixedIp }) => `${fixedIp} : ${address}`).join(', ');
  const some = floating.length > 0;
  const pairs = floating.map(({ address, fixedIp }) => `${address} . ${fixedIp}`).join(', ');
  const single = forwardings.filter(({ address, fixedIp }) => ipVersion(address) === 4 && ipVersion(fixedIp) === 4);
  const isOwn = own === undefined ? '' : `ct reply ip daddr != ${own} `;
  return `
  set forwarded { type ipv4_addr . inet_proto . mark . ipv4_addr; ${elementsOf(single)} }
  set floating { type ipv4_addr . ipv4_addr; ${some ? `elements = { ${pairs} }` : ''} }
  chain prerouting {
    type nat hook prerouting priority -100; policy accept;
    ${some ? `iifname != ${out} ip daddr { ${floating.map(({ address }) => address).join(', ')} } meta mark set ${HAIRPIN}` : ''}
    ${some ? `dnat to ip daddr map { ${toFixed} }` : ''}
    ${single.map((one) => forwardingRules(one, out)).join('\n    ')}
  }
  chain postrouting {
    type nat hook postrouting priority 100; policy accept;
    ${some ? `meta mark ${HAIRPIN} snat to ip saddr map { ${toFloating} }` : ''}
    ${some || single.length > 0 ? hairpinTo(own) : ''}
    ${some ? `oifname ${out} snat to ip saddr map { ${toFloating} }` : ''}
    ${isTranslating && own !== undefined ? `oifname ${out} snat to ${own}` : ''}
  }
  chain forwarding {
    type filter hook forward priority 0; policy accept;
    ct status dnat ct original ip daddr . ct reply ip saddr != @floating ct original ip daddr . meta l4proto . ct mark . ct reply ip saddr != @forwarded counter drop
    ct status snat ${isOwn}ct reply ip daddr . ct original ip saddr != @floating counter drop
  }
`;
}

/** What is translated to an address of the network comes back through the router only if that knows it as the source. */
const hairpinTo = (own: string | undefined): string => (own === undefined ? '' : `meta mark ${HAIRPIN} snat to ${own}`);

/** The connections that forwardings allow. */
const elementsOf = (forwardings: readonly HostForwarding[]): string =>
  forwardings.length === 0
    ? ''
    : `elements = { ${forwardings.map((one) => `${one.address} . ${one.protocol} . ${markOf(one)} . ${one.fixedIp}`).join(', ')} }`;

/** What a forwarded connection bears, so that it is known by its ports: a set can hold marks of connections, but not their original ports. */
const markOf = ({ externalPort, internalPort }: Pick<HostForwarding, 'externalPort' | 'internalPort'>): number =>
  externalPort * 2 ** 16 + internalPort;

function forwardingRules({ address, protocol, externalPort, fixedIp, internalPort }: HostForwarding, out: string): string {
  const match = `ip daddr ${address} ${protocol} dport ${externalPort}`;
  return `iifname != ${out} ${match} meta mark set ${HAIRPIN}\n    ${match} ct mark set ${markOf({ externalPort, internalPort })} dnat to ${fixedIp}:${internalPort}`;
}
