/** Writes the table in a router's namespace that translates addresses. Pure text. */
import { gatewayLegName } from '../../device-names.ts';
import type { HostRouter } from '../../host-router.ts';
import { ipVersion } from './ip-text.ts';

/** The family and name of the table. */
export const ROUTER_TABLE = 'ip nova_router';

/** What a packet from inside to a floating IP bears, so that on its way back inside it gets a source that its target answers through the router. */
const HAIRPIN = 1;

/**
 * The body of the table. A floating IP is translated in both directions; what else leaves by the gateway gets the gateway's address. A
 * connection whose translation is no longer wanted is dropped: the kernel would translate it as long as it lives.
 */
export function routerTable({ gateway, isTranslating, floatingIps }: HostRouter): string {
  if (!gateway) return '';
  const out = `"${gatewayLegName(gateway.portId)}"`;
  const own = gateway.addresses.map((address) => address.split('/')[0] ?? '').find((address) => ipVersion(address) === 4);
  const floating = floatingIps.filter(({ address, fixedIp }) => ipVersion(address) === 4 && ipVersion(fixedIp) === 4);
  const toFixed = floating.map(({ address, fixedIp }) => `${address} : ${fixedIp}`).join(', ');
  const toFloating = floating.map(({ address, fixedIp }) => `${fixedIp} : ${address}`).join(', ');
  const some = floating.length > 0;
  const pairs = floating.map(({ address, fixedIp }) => `${address} . ${fixedIp}`).join(', ');
  const isOwn = own === undefined ? '' : `ct reply ip daddr != ${own} `;
  return `
  set floating { type ipv4_addr . ipv4_addr; ${some ? `elements = { ${pairs} }` : ''} }
  chain prerouting {
    type nat hook prerouting priority -100; policy accept;
    ${some ? `iifname != ${out} ip daddr { ${floating.map(({ address }) => address).join(', ')} } meta mark set ${HAIRPIN}` : ''}
    ${some ? `dnat to ip daddr map { ${toFixed} }` : ''}
  }
  chain postrouting {
    type nat hook postrouting priority 100; policy accept;
    ${some ? `meta mark ${HAIRPIN} snat to ip saddr map { ${toFloating} }` : ''}
    ${some && own !== undefined ? `meta mark ${HAIRPIN} snat to ${own}` : ''}
    ${some ? `oifname ${out} snat to ip saddr map { ${toFloating} }` : ''}
    ${isTranslating && own !== undefined ? `oifname ${out} snat to ${own}` : ''}
  }
  chain forwarding {
    type filter hook forward priority 0; policy accept;
    ct status dnat ct original ip daddr . ct reply ip saddr != @floating counter drop
    ct status snat ${isOwn}ct reply ip daddr . ct original ip saddr != @floating counter drop
  }
`;
}
