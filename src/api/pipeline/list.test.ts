import { Type as t } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import { microversions } from '../../lib/versioning/microversion.ts';
import type { View } from '../../lib/versioning/resource.ts';
import { fits } from '../../lib/versioning/validation.ts';
import { type ListDialect, list, pageAnswer, pageOf, pageSize, wholeList } from './list.ts';

const v = microversions({ only: ['1.0', 'The only one.'] });
const view: View = { at: v.only, may: () => true, baseUrl: 'http://x', bookmarkUrl: 'http://x' };
const asked = (query: string) => ({ url: 'http://x/v1/things', rawQuery: new URLSearchParams(query) });
const markerOf = (id: string) => id;

/** A dialect with every link. */
const everything: ListDialect = {
  rels: ['self', 'first', 'previous', 'next'],
  reverse: 'back',
  beside: (name, { self, first, previous, next }) => ({ [`${name}_pages`]: [self, first, previous, next].map((href) => href ?? '-') }),
  besideSchema: (name) => ({ [`${name}_pages`]: t.Array(t.String()) }),
};
const url = 'http://x/v1/things';

describe('links', () => {
  test.each([
    ['a full page leads on', 'limit=2', { size: 2 }, [`${url}?limit=2`, `${url}?limit=2`, '-', `${url}?limit=2&marker=b`]],
    ['a page that is not full does not', 'a=1', { size: 3 }, [`${url}?a=1`, `${url}?a=1`, '-', '-']],
    ['without a query there is no question mark', '', { size: 3 }, [url, url, '-', '-']],
    [
      'a later page leads back',
      'marker=x&limit=3',
      { size: 3, isLater: true },
      [`${url}?marker=x&limit=3`, `${url}?limit=3`, `${url}?marker=a&limit=3&back=True`, '-'],
    ],
    [
      'a full page that was read backwards leads further back, and on to where it was asked from',
      'back=True&marker=x',
      { size: 2, isReverse: true, isLater: true },
      [`${url}?back=True&marker=x`, url, `${url}?marker=a&back=True`, `${url}?marker=b`],
    ],
    [
      'one that is not full is the first',
      'back=True&marker=x',
      { size: 3, isReverse: true, isLater: true },
      [`${url}?back=True&marker=x`, url, '-', `${url}?marker=b`],
    ],
  ])('%s', (_what, query, page, hrefs) => {
    const found = pageOf(everything, asked(query), { items: ['a', 'b'], markerOf, ...page });
    expect([found.self, found.first, found.previous ?? '-', found.next ?? '-']).toEqual(hrefs);
  });

  test('a page without items leads nowhere, whatever was asked for', () => {
    const page = { items: [], size: 0, markerOf, isLater: true };
    expect(pageOf(everything, asked('limit=0'), page)).toEqual({ items: [], self: `${url}?limit=0`, first: `${url}?limit=0` });
  });

  test('only those that the dialect tells are made, as paths if it says so', () => {
    const found = pageOf({ ...everything, rels: ['next'], isRelative: true }, asked('a=%20'), { items: ['a'], size: 1, markerOf });
    expect(found).toEqual({ items: ['a'], next: '/v1/things?a=+&marker=a' });
  });

  test('a marker is written so that it can be read again', () => {
    const { next = '' } = pageOf(everything, asked('marker=1&marker=2'), { items: ['a&b=ö'], size: 1, markerOf });
    expect(new URL(next).searchParams.getAll('marker')).toEqual(['a&b=ö']);
  });

  test('a whole list has no neighbours', () => {
    expect(wholeList(everything, asked(''), ['a'])).toEqual({ items: ['a'], self: url, first: url });
  });
});

test.each([
  [undefined, { longest: 10 }, 10],
  [undefined, { longest: 10, unasked: 4 }, 4],
  [7, { longest: 10, unasked: 4 }, 7],
  [70, { longest: 10 }, 10],
  [0, { longest: 10 }, 0],
  [0, { longest: 10, zero: 'longest' as const }, 10],
])('of %s asked for, within %j, a page has %i', (size, sizes, expected) => {
  expect(pageSize(size, sizes)).toBe(expected);
});

test('an answer has the items and what the dialect tells beside them, and fits its schema', () => {
  const item = { schemaAt: () => t.Object({ id: t.String() }), render: (id: string) => ({ id }) };
  const page = pageOf(everything, asked(''), { items: ['a'], size: 1, markerOf });
  const answer = pageAnswer(everything, 'things', item);
  const told = answer.render(page, view);
  expect(told).toEqual({ things: [{ id: 'a' }], things_pages: [url, url, '-', `${url}?marker=a`] });
  expect(fits(answer.schemaAt(v.only) ?? t.Never(), told)).toBe(true);
  expect(fits(list('things', item).schemaAt(v.only) ?? t.Never(), told)).toBe(false);
  expect(list('things', item).render(page, view)).toEqual({ things: [{ id: 'a' }] });
});

test('an item may be told by what was asked of the page', () => {
  const item = { schemaAt: () => t.Unknown(), render: (id: string, _view: View, page: { fields: number }) => id.slice(0, page.fields) };
  const answer = pageAnswer<string, { items: readonly string[]; fields: number }>(everything, 'things', item);
  expect(answer.render({ items: ['abc'], fields: 2 }, view)).toMatchObject({ things: ['ab'] });
});
