import { expect, test } from 'vitest';
import { JoinedPages } from './joined-pages.ts';

const [a, b, c] = ['{"n":1}', '{"n":2}', '{"n":3}'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];

test('items are joined between head and tail', () => {
  const pages = new JoinedPages('{"all":[');
  expect(pages.join([a, b], ']}').toString()).toBe('{"all":[{"n":1},{"n":2}]}');
  expect(pages.join([], ']}').toString()).toBe('{"all":[]}');
});

test('the same items give the same bytes; another item, order or tail gives others', () => {
  const pages = new JoinedPages('[');
  const first = pages.join([a, b], ']');
  expect(pages.join([a, b], ']')).toBe(first);
  const others = [pages.join([b, a], ']'), pages.join([a, c], ']'), pages.join([a], ']'), pages.join([a, b], '] ')];
  expect(new Set(others.map(String)).size).toBe(4);
  expect(pages.join([a, b], ']')).toBe(first);
});

test('the page that was not asked for the longest is forgotten', () => {
  const pages = new JoinedPages('[');
  const first = pages.join([a], '0');
  for (let n = 1; n <= 8; n += 1) pages.join([a], String(n));
  expect(pages.join([a], '0')).not.toBe(first);
});
