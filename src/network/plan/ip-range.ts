/** Arithmetic of IPv4 and IPv6 addresses and prefixes: text outside, integers inside. */
import { isIP } from 'node:net';
import { invariant } from '../../lib/errors/invariant.ts';
import type { AddressPool } from '../../objects/network.ts';

/** An address as its version and its bits. */
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** All addresses of a prefix, from the first to the last. */
export interface Prefix {
  readonly version: 4 | 6;
  readonly length: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** Parses an address; undefined for any other text. */
export function parseAddress(text: string): Address | undefined {
  const version = isIP(text);
  if (version === 4) return { version, value: sum(text.split('.').map(BigInt), 8n) };
  return version === 6 && !text.includes('%') ? { version, value: sum(wordsOf(text), 16n) } : undefined;
}

const sum = (parts: readonly bigint[], bits: bigint): bigint => parts.reduce((all, part) => (all << bits) | part, 0n);

function wordsOf(text: string): bigint[] {
  // The URL parser accepts all notations, also those that end in an IPv4 address.
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const [before, after] = [words(head), words(tail ?? '')];
  return [...before, ...Array<bigint>(8 - before.length - after.length).fill(0n), ...after];
}

const words = (text: string): bigint[] => (text === '' ? [] : text.split(':').map((word) => BigInt(`0x${word}`)));

/** Formats an address as the database does. */
export function formatAddress({ version, value }: Address): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((bits) => (value >> bits) & 255n).join('.');
  const text = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(16 * (7 - index))) & 0xffffn).toString(16)).join(':');
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

/** The canonical form of an address; undefined for any other text. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  return address && formatAddress(address);
}

/** Parses `10.20.0.0/24`, also with host bits set; undefined for any other text. */
export function parsePrefix(text: string): Prefix | undefined {
  const [, host = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const address = parseAddress(host);
  if (!address) return undefined;
  const [all, length] = [address.version === 4 ? 32 : 128, Number(bits)];
  if (length > all) return undefined;
  const size = 1n << BigInt(all - length);
  const first = address.value - (address.value % size);
  return { version: address.version, length, first, last: first + size - 1n };
}

export const formatPrefix = ({ version, length, first }: Prefix): string => `${formatAddress({ version, value: first })}/${length}`;

/** The canonical form of a prefix; undefined for any other text. */
export function canonicalPrefix(text: string): string | undefined {
  const prefix = parsePrefix(text);
  return prefix && formatPrefix(prefix);
}

/** A prefix as its first address and its mask; the books hold only prefixes that parse. @example { network: '10.20.0.0', netmask: '255.255.255.0' } */
export function netmaskOf(text: string): { readonly network: string; readonly netmask: string } {
  const prefix = parsePrefix(text);
  invariant(prefix !== undefined, `${text} is a prefix`);
  const { version, length, first } = prefix;
  const all = version === 4 ? 32 : 128;
  const mask = (1n << BigInt(all)) - (1n << BigInt(all - length));
  return { network: formatAddress({ version, value: first }), netmask: formatAddress({ version, value: mask }) };
}

/** The addresses that hosts may have: all but the network address and, in IPv4, the broadcast address. */
export function usable({ version, length, first, last }: Prefix): { readonly first: bigint; readonly last: bigint } {
  const all = version === 4 ? 32 : 128;
  if (all - length < 2) return { first, last };
  return { first: first + 1n, last: version === 4 ? last - 1n : last };
}

/** The usable addresses of a prefix except one: at most two pools. */
export function poolsWithout(prefix: Prefix, except: bigint | undefined): AddressPool[] {
  const { first, last } = usable(prefix);
  if (except === undefined || except < first || except > last) return [poolOf(prefix, first, last)];
  const pools = [
    [first, except - 1n],
    [except + 1n, last],
  ] as const;
  return pools.filter(([start, end]) => start <= end).map(([start, end]) => poolOf(prefix, start, end));
}

const poolOf = ({ version }: Prefix, start: bigint, end: bigint): AddressPool => ({
  start: formatAddress({ version, value: start }),
  end: formatAddress({ version, value: end }),
});

/** The number of addresses in the pools. */
export const sizeOf = (pools: readonly AddressPool[]): bigint =>
  pools.reduce((size, { start, end }) => size + (parseAddress(end)?.value ?? -1n) - (parseAddress(start)?.value ?? 0n) + 1n, 0n);

export const contains = (prefix: Prefix, address: Address): boolean =>
  prefix.version === address.version && prefix.first <= address.value && address.value <= prefix.last;

export const prefixesOverlap = (a: Prefix, b: Prefix): boolean => a.version === b.version && a.first <= b.last && b.first <= a.last;
