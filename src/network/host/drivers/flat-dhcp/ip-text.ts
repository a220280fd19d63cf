/** What filters and DHCP need to know of IP addresses in text form. */
import { isIP } from 'node:net';

/** 4 or 6 for an address or a prefix; 0 for anything else, which must never reach a file that a daemon reads. */
export function ipVersion(text: string): 0 | 4 | 6 {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
  return rest.length === 0 && isPrefix && (version === 4 || version === 6) && !address.includes('%') ? version : 0;
}

/** An address as the kernel shows it. */
export const canonical = (address: string): string =>
  isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;

/** Whether the text is a hardware address and nothing more. */
export const isMac = (text: string): boolean => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text);

/** The link-local address that a guest derives from its hardware address (EUI-64). */
export function linkLocal(macAddress: string): string {
  const bytes = macAddress.split(':').map((byte) => Number.parseInt(byte, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes;
  const words = [((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f];
  return `fe80::${words.map((word) => word.toString(16)).join(':')}`;
}

/** The nft expression for "a neighbour message is about this address or prefix"; nft 1.0 has no name for the field, 8 bytes into the message. */
export function neighborTargetIs(cidr: string): string {
  const [address = '', bits = '128'] = cidr.split('/');
  const length = Number(bits);
  if (length === 0) return '';
  return `@th,64,${length} 0x${(ipv6Number(address) >> BigInt(128 - length)).toString(16)}`;
}

/** The 128 bits of an IPv6 address as a number. */
export function ipv6Number(address: string): bigint {
  const [head = '', tail] = address.split('::');
  const gap = tail === undefined ? 0 : 8 - words(head).length - words(tail).length;
  const all = [...words(head), ...Array<string>(gap).fill('0'), ...words(tail)];
  return all.reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n);
}

const words = (text: string | undefined): string[] => (text ? text.split(':') : []);
