/**
 * Writes the table that all clouds of a namespace share: frames from or to a tap that no cloud has marked are dropped. Each cloud's own
 * table marks the frames of its ports in between. Pure text, the same for all clouds, so each may load it.
 */
import { TAP_PREFIX } from '../../device-names.ts';

export const GUARD_TABLE = 'nova_taps';

/** When the tables of the clouds mark and check frames, as a priority within their hooks. */
export const MARKING_PRIORITY = -200;

/** The body of table bridge nova_taps. */
export const guardTable = `
  chain unmarked_from {
    type filter hook prerouting priority ${MARKING_PRIORITY - 1}; policy accept;
    iifname "${TAP_PREFIX}*" meta mark set 0
  }
  chain from {
    type filter hook prerouting priority ${MARKING_PRIORITY + 1}; policy accept;
    iifname "${TAP_PREFIX}*" meta mark 0 counter drop
  }
  chain unmarked_to {
    type filter hook forward priority ${MARKING_PRIORITY - 1}; policy accept;
    iifname "${TAP_PREFIX}*" meta mark set 0
    oifname "${TAP_PREFIX}*" meta mark set 0
  }
  chain to {
    type filter hook forward priority ${MARKING_PRIORITY + 1}; policy accept;
    oifname "${TAP_PREFIX}*" meta mark 0 counter drop
  }
`;
