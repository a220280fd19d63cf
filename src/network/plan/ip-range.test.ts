import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  canonicalAddress,
  contains,
  formatAddress,
  formatPrefix,
  netmaskOf,
  parseAddress,
  parsePrefix,
  poolsWithout,
  sizeOf,
} from './ip-range.ts';

const v4 = fc.record({ version: fc.constant(4 as const), value: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }) });
const v6 = fc.record({ version: fc.constant(6 as const), value: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }) });

test('a formatted address parses to itself', () => {
  fc.assert(
    fc.property(fc.oneof(v4, v6), (address) => {
      const text = formatAddress(address);
      expect(parseAddress(text)).toEqual(address);
      expect(canonicalAddress(text)).toBe(text);
    }),
  );
});

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['::ffff:10.0.0.1', '::ffff:a00:1'],
  ['::', '::'],
  ['10.0.0.256', undefined],
  ['10.0.0.1/24', undefined],
  ['fe80::1%eth0', undefined],
  ['9.9.9.9,1', undefined],
  ['', undefined],
])('%j is normalised to %j', (text, spelling) => {
  expect(canonicalAddress(text)).toBe(spelling);
});

test.each([
  ['10.1.2.3/24', '10.1.2.0/24'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['fd00::5/64', 'fd00::/64'],
  ['10.0.0.0/33', undefined],
  ['10.0.0.0', undefined],
  ['10.0.0.0/x', undefined],
])('the prefix %j is normalised to %j', (text, spelling) => {
  const prefix = parsePrefix(text);
  expect(prefix && formatPrefix(prefix)).toBe(spelling);
});

test('the pools around a gateway have every usable address but the gateway', () => {
  const cases = fc
    .integer({ min: 8, max: 30 })
    .chain((length) => fc.tuple(fc.constant(length), fc.bigInt({ min: 1n, max: 2n ** BigInt(32 - length) - 2n })));
  fc.assert(
    fc.property(cases, ([length, offset]) => {
      const prefix = parsePrefix(`10.0.0.0/${length}`);
      if (!prefix) throw new Error('it is a prefix');
      const gateway = { version: 4 as const, value: prefix.first + offset };
      const pools = poolsWithout(prefix, gateway.value);
      expect(sizeOf(pools)).toBe(2n ** BigInt(32 - length) - 3n);
      for (const { start, end } of pools) {
        const [first, last] = [parseAddress(start), parseAddress(end)];
        if (!first || !last) throw new Error('pools have addresses');
        expect(contains(prefix, first) && contains(prefix, last) && first.value <= last.value).toBe(true);
        expect(first.value <= gateway.value && gateway.value <= last.value).toBe(false);
      }
    }),
  );
});

test.each([
  ['10.20.0.0/24', '10.20.0.0', '255.255.255.0'],
  ['10.20.0.7/31', '10.20.0.6', '255.255.255.254'],
  ['0.0.0.0/0', '0.0.0.0', '0.0.0.0'],
  ['10.0.0.1/32', '10.0.0.1', '255.255.255.255'],
  ['::/0', '::', '::'],
  ['2001:db8::5/64', '2001:db8::', 'ffff:ffff:ffff:ffff::'],
])('%s begins at %s and has the mask %s', (prefix, network, netmask) => {
  expect(netmaskOf(prefix)).toEqual({ network, netmask });
});
