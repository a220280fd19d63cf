/** Writes the table in the namespace from which a network is served: guests reach DHCP and metadata there. Pure text. */
import { ANSWERS, NEIGHBOURS } from './host-filter.ts';
import { METADATA_ADDRESS, METADATA_PORT } from './host-addressing.ts';
import { SERVING_DEVICE } from '../../device-names.ts';

/** The family and name of the table. */
export const SERVING_TABLE = 'inet nova_serving';

/** The body of the table; the same for all networks. */
export const servingTable = `
  chain input {
    type filter hook input priority 0; policy accept;
    iifname != "${SERVING_DEVICE}" accept
    ${ANSWERS}
    ct state invalid drop
    meta nfproto ipv4 udp sport 68 udp dport 67 accept
    ip daddr ${METADATA_ADDRESS} tcp dport ${METADATA_PORT} accept
    ${NEIGHBOURS}
    counter drop
  }
  chain forwarding {
    type filter hook forward priority 0; policy drop;
  }
`;
