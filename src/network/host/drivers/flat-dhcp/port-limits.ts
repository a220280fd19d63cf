/** Writes the rules that limit and mark what a port sends and receives. Pure text. */
import type { HostPort, PortLimit } from '../../driver.ts';

/** A burst in which a limit of no burst of its own lets pass, as a share of a second. */
const USUAL_BURST = 0.8;
/** Bytes: less would let no full packet pass. */
const LEAST_BURST = 10_000;

/** What becomes of packets from a port, before anything else is decided about them. */
export const sendingRules = ({ limits }: HostPort): readonly string[] => [
  ...(limits?.egress ? [dropAbove(limits.egress)] : []),
  ...(limits?.dscpMark === undefined
    ? []
    : [`ether type ip ip dscp set ${limits.dscpMark}`, `ether type ip6 ip6 dscp set ${limits.dscpMark}`]),
];

/** What becomes of packets to a port. */
export const receivingRules = ({ limits }: HostPort): readonly string[] => (limits?.ingress ? [dropAbove(limits.ingress)] : []);

function dropAbove({ maxKbps, maxBurstKbps }: PortLimit): string {
  const [rate, said] = [bytesOf(maxKbps), bytesOf(maxBurstKbps)];
  if (rate === 0) return 'counter drop';
  const burst = Math.max(LEAST_BURST, said === 0 ? Math.round(rate * USUAL_BURST) : said);
  return `limit rate over ${rate} bytes/second burst ${burst} bytes counter drop`;
}

const bytesOf = (kilobits: number): number => Math.round((kilobits * 1000) / 8);
