import { expect, test } from 'vitest';
import { RowVersions } from './row-versions.ts';

test('an entry is found only under its row version', () => {
  const versions = new RowVersions<string>(10);
  versions.keep('a', '1', 'first');
  expect([versions.get('a', '1'), versions.get('a', '2'), versions.get('b', '1')]).toEqual(['first', undefined, undefined]);
  versions.keep('a', '2', 'second');
  expect([versions.get('a', '1'), versions.get('a', '2')]).toEqual([undefined, 'second']);
});

test('a full cache evicts the least recently used entries', () => {
  const versions = new RowVersions<string>(2);
  versions.keep('a', '1', 'A');
  versions.keep('b', '1', 'B');
  versions.get('a', '1');
  versions.keep('c', '1', 'C');
  expect([versions.get('a', '1'), versions.get('b', '1'), versions.get('c', '1')]).toEqual(['A', undefined, 'C']);
});
