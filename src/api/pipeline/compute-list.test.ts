import { Type as t } from '@sinclair/typebox';
import { expect, test } from 'vitest';
import { microversions } from '../../lib/versioning/microversion.ts';
import { field, resource, type View } from '../../lib/versioning/resource.ts';
import { fits } from '../../lib/versioning/validation.ts';
import { collection } from './compute-list.ts';
import { list } from './list.ts';

const v = microversions({ initial: ['2.1', 'First.'], paging: ['2.35', 'Lists have pages.'] });
const view = (at: View['at']): View => ({ at, may: () => true, baseUrl: 'http://x/v2.1', bookmarkUrl: 'http://x' });
const thing = resource<string>()('thing', { id: field(t.String(), (id) => id) });
const page = { items: ['a'], next: 'http://x/v2.1/things?marker=a' };
const links = [{ rel: 'next', href: page.next }];

test.each([
  ['a list knows of no next page', list('things', thing), v.paging, { things: [{ id: 'a' }] }],
  ['a collection tells its next page', collection('things', thing), v.initial, { things: [{ id: 'a' }], things_links: links }],
  ['under the name that it has there', collection('things', thing, { as: 'links' }), v.initial, { things: [{ id: 'a' }], links }],
  ['not before it has pages', collection('things', thing, { since: v.paging }), v.initial, { things: [{ id: 'a' }] }],
  ['but then', collection('things', thing, { since: v.paging }), v.paging, { things: [{ id: 'a' }], things_links: links }],
])('%s', (_what, answer, at, told) => {
  expect(answer.render(page, view(at))).toEqual(told);
  const schema = answer.schemaAt(at) ?? t.Never();
  expect(fits(schema, told)).toBe(true);
  expect(fits(schema, { things: [], things_links: links })).toBe('things_links' in told);
});
