import { expect, test } from 'vitest';
import { live } from './lib/versioning/microversion.ts';
import { v, versions } from './microversions.ts';

test('the table has every version from 2.1 to 2.104 once, in order', () => {
  expect(versions.all.map(({ version }) => version)).toEqual(Array.from({ length: 104 }, (_, index) => `2.${index + 1}`));
  expect([versions.min, versions.max, versions.latest]).toEqual([v.initial, v.pinToZone, v.pinToZone]);
});

test('a version is found by its number and nothing else', () => {
  expect(versions.find('2.53')).toBe(v.uuidsOfServices);
  expect(versions.find('2.105')).toBeUndefined();
  expect(versions.find('2.053')).toBeUndefined();
});

test('each version has a sentence', () => {
  for (const { summary } of versions.all) expect(summary).toMatch(/^[A-Z].*\.$/);
});

test('a window includes its start and excludes its end', () => {
  const window = { since: v.remoteConsoles, until: v.lockState };
  expect([v.forcedDown, v.lockState, v.mksConsoles, v.remoteConsoles, v.ip6FilterForAll].map((at) => live(window, at))).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
});
