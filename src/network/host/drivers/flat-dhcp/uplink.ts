/** The link between a host in a namespace of its own and the machine: its names, addresses and packet filter. Pure. */
import { createHash } from 'node:crypto';

/** The start of the machine's ends of such links, and of the tables for them. */
const DEVICE = 'nvup';
const TABLE = 'nova_uplink_';

/** The host's end. */
export const HOST_END = 'uplink';

/** A link between a host's namespace and the machine's. */
export interface Uplink {
  readonly device: string;
  readonly table: string;
  /** The address of the machine on it. */
  readonly machine: string;
  /** The address of the host. */
  readonly host: string;
}

/** Addresses that are used between networks only (RFC 6598), four for each host by its namespace's name. */
export function uplinkOf(netns: string): Uplink {
  const hash = createHash('sha256').update(netns).digest();
  const digest = hash.toString('hex').slice(0, 8);
  const [a = 0, b = 0, c = 0] = hash.subarray(4, 7);
  const net = `100.${64 + (a % 64)}.${b}`;
  const first = c & 0xfc;
  return {
    device: `${DEVICE}${digest}`,
    table: `ip ${TABLE}${digest}`,
    machine: `${net}.${first + 1}`,
    host: `${net}.${first + 2}`,
  };
}

/** On the machine: it passes on what comes from the host, and is not reached by it. */
export const uplinkTable = ({ device, host }: Uplink): string => `
  chain postrouting {
    type nat hook postrouting priority 100; policy accept;
    ip saddr ${host} oifname != "${DEVICE}*" masquerade
  }
  chain input {
    type filter hook input priority 0; policy accept;
    iifname "${device}" ct state established,related accept
    iifname "${device}" ip protocol icmp accept
    iifname "${device}" counter drop
  }
`;

/** The table and the device of an uplink by a line of `nft list tables`; undefined for any other line. */
export function isOfUplink(line: string): Pick<Uplink, 'table' | 'device'> | undefined {
  const [, digest] = new RegExp(`^table ip ${TABLE}([0-9a-f]{8})$`).exec(line.trim()) ?? [];
  return digest === undefined ? undefined : { table: `ip ${TABLE}${digest}`, device: `${DEVICE}${digest}` };
}
