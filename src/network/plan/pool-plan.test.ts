import { expect, test } from 'vitest';
import { areCovered, freePrefix, mergedPrefixes, prefixesWithout, quotaUnitsOf, textsOf } from './pool-plan.ts';

const merge = (...texts: string[]) => textsOf(mergedPrefixes(texts) ?? []);

test('prefixes are merged where they touch, and cut into the fewest', () => {
  expect(merge('10.0.1.0/24', '10.0.0.0/24')).toEqual(['10.0.0.0/23']);
  expect(merge('10.0.1.5/24', '10.0.2.0/24')).toEqual(['10.0.1.0/24', '10.0.2.0/24']);
  expect(merge('fd00::/48', 'fd00:0:0:1::/64')).toEqual(['fd00::/48']);
  expect(mergedPrefixes(['10.0.0.0/24', 'fd00::/64'])).toBeUndefined();
  expect(mergedPrefixes(['x'])).toBeUndefined();
});

test('the lowest free prefix of a length is found between those taken', () => {
  const pool = ['10.0.0.0/22'];
  expect(freePrefix(pool, [], 24)).toBe('10.0.0.0/24');
  expect(freePrefix(pool, ['10.0.0.0/26', '10.0.2.0/24'], 24)).toBe('10.0.1.0/24');
  expect(freePrefix(pool, ['10.0.0.0/26'], 26)).toBe('10.0.0.64/26');
  expect(freePrefix(pool, ['10.0.0.0/23', '10.0.2.128/25'], 24)).toBe('10.0.3.0/24');
  expect(freePrefix(pool, ['10.0.1.0/32'], 22)).toBeUndefined();
  expect(freePrefix(['fd00::/48'], ['fd00::/64'], 64)).toBe('fd00:0:0:1::/64');
});

test('prefixes are taken away only if they are there', () => {
  expect(prefixesWithout(['10.0.0.0/22'], ['10.0.1.0/24'])).toEqual(['10.0.0.0/24', '10.0.2.0/23']);
  expect(prefixesWithout(['10.0.0.0/24'], ['10.0.1.0/24'])).toBeUndefined();
  expect(areCovered(['10.0.1.0/24'], ['10.0.0.0/24', '10.0.1.0/24'])).toBe(true);
  expect(areCovered(['10.0.1.0/24'], ['10.0.0.0/24'])).toBe(false);
});

test('quotas count addresses of IPv4 and /64 prefixes of IPv6', () => {
  expect(quotaUnitsOf(['10.0.0.0/24', '10.0.1.0/25'])).toBe(384);
  expect(quotaUnitsOf(['fd00::/60', 'fd01::/64'])).toBe(17);
});
