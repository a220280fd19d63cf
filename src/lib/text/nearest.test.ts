import { expect, test } from 'vitest';
import { didYouMean, editDistance, nearest } from './nearest.ts';

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['virt_type', 'virt_type', 0],
  ['virt_tyep', 'virt_type', 1],
  ['kitten', 'sitting', 3],
])('from %j to %j it takes %d edits', (from, to, edits) => {
  expect(editDistance(from, to)).toBe(edits);
  expect(editDistance(to, from)).toBe(edits);
});

test('the nearest name wins whatever its case, and a far one is not offered', () => {
  expect(nearest('Libvirtt', ['DEFAULT', 'libvirt', 'quota'])).toBe('libvirt');
  expect(nearest('default', ['DEFAULT', 'libvirt'])).toBe('DEFAULT');
  expect(nearest('zookeeper', ['cores', 'ram'])).toBeUndefined();
});

test('the hint is empty where nothing is near', () => {
  expect(didYouMean('corse', ['cores'])).toBe('; did you mean "cores"?');
  expect(didYouMean('x', ['cores'])).toBe('');
});
