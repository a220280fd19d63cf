import { expect, test } from 'vitest';
import { passing } from './filters.ts';
import { patternOf } from './pattern.ts';

test.each([
  ['web', 'web', true],
  ['web', 'web1', false],
  ['web*', 'web', true],
  ['*b*b*', 'abab', true],
  ['*b*b*', 'aba', false],
  ['w?b', 'web', true],
  ['?', '\u{1F600}', true],
  ['??', 'a', false],
  ['', '', true],
  ['*', '', true],
  [String.raw`\*`, '*', true],
  [String.raw`\*`, 'a', false],
  [String.raw`a\?b`, 'a?b', true],
  ['a.b', 'axb', false],
  ['(', '(', true],
  ['\\', '\\', true],
])('%j matches %j: %j', (pattern, text, matches) => {
  expect(patternOf(pattern)(text)).toBe(matches);
});

test('a pattern of many stars takes no longer than the product of the lengths', () => {
  expect(patternOf(`${'*a'.repeat(120)}*b`)('a'.repeat(5_000))).toBe(false);
});

test('all filters hold, each for one of its values; an unknown one is refused', () => {
  const things = [
    { id: '1', tags: { role: 'db' } },
    { id: '2', tags: { role: 'web', spare: '' } },
  ];
  const found = (...filters: { name: string; values: string[] }[]) =>
    passing(things, filters, { id: ({ id }) => id }, ({ tags }) => ({ ...tags })).map(({ id }) => id);
  expect(found({ name: 'id', values: ['3', '2'] })).toEqual(['2']);
  expect(found({ name: 'tag:role', values: ['*'] }, { name: 'tag-key', values: ['spare'] })).toEqual(['2']);
  expect(found({ name: 'tag-value', values: ['db'] })).toEqual(['1']);
  for (const name of ['constructor', 'nothing']) expect(() => found({ name, values: [] })).toThrow(`The filter '${name}' is invalid`);
});
