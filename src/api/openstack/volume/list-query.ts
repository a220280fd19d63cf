// The queries of lists: what is filtered and sorted by, and from where on.
import type { AskedListing, Listing } from '../../../objects/volume-listing.ts';
import { HttpFault } from '../../../lib/http/http-fault.ts';
import type { ListDialect, Page } from '../../pipeline/list.ts';
import { pageOf, pageSize } from '../../pipeline/list.ts';
import type { ApiRequest } from '../../pipeline/route.ts';
import { Type as t } from '@sinclair/typebox';
import { v } from './microversions.ts';
import { truthOf } from './wire.ts';
import type { CountedPage } from '../../../volume/api/listing.ts';
import { filtersOf, type ListRules, PAGING, ruleFor, wholeNumber } from './list-filters.ts';

export type { ListRules };

type Asked = Pick<ApiRequest, 'rawQuery' | 'at' | 'url'>;

/** The most items of a page (`osapi_max_limit`). */
const MAX_LIMIT = 1000;

/** What a request lists. */
export function listingOf(req: Asked, rules: ListRules): AskedListing {
  const { rawQuery: query, at } = req;
  const marker = query.get('marker') ?? undefined;
  const offset = query.get('offset');
  const project = query.get('project_id') ?? query.get('tenant_id') ?? undefined;
  return {
    everybodys: query.has('all_tenants') && truthOf(query.get('all_tenants') || '1') !== false,
    ...(project === undefined ? {} : { project }),
    filters: filtersOf(req, rules),
    unknown: [...new Set([...query.keys()].filter((name) => !PAGING.includes(name) && !ruleFor(req, rules, name)))],
    isStrict: at(v.resourceFilters),
    sort: sortOf(query, rules),
    limit: pageSize(wholeNumber('limit', query.get('limit')), { longest: MAX_LIMIT }),
    ...(marker === undefined ? {} : { marker }),
    ...(offset === null ? {} : { offset: wholeNumber('offset', offset) ?? 0 }),
  };
}

/** Whether the request wants to know how many there are. */
export const wantsCount = ({ rawQuery, at }: Asked): boolean => at(v.counts) && truthOf(rawQuery.get('with_count') ?? '') === true;

function sortOf(query: URLSearchParams, { sort }: ListRules): Listing['sort'] {
  const both = query.get('sort');
  const keys = query.getAll('sort_key');
  const directions = query.getAll('sort_dir');
  if (both !== null && (keys.length > 0 || directions.length > 0))
    throw new HttpFault(400, "The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used with the 'sort' parameter.");
  const wanted =
    both === null
      ? (keys.length > 0 ? keys : ['created_at']).map((key, n) => [key, directions[n] ?? 'desc'] as const)
      : both
          .split(',')
          .map((part) => part.trim().split(':'))
          .map(([key = '', direction = 'desc']) => [key, direction] as const);
  return wanted.map(([key, direction]) => {
    const column = Object.hasOwn(sort, key) ? sort[key] : undefined;
    if (column === undefined) throw new HttpFault(400, `Invalid sort key: ${key.slice(0, 255)}.`);
    if (direction !== 'asc' && direction !== 'desc') throw new HttpFault(400, `Unknown sort direction, must be 'desc' or 'asc'.`);
    return { column, direction };
  });
}

const nextLink = t.Array(t.Object({ rel: t.Literal('next'), href: t.String() }));

/** A list with a link to its next page, and with a count where it was asked for. */
export const linkedAs = (links: string): ListDialect => ({
  rels: ['next'],
  beside: (_name, page) => ({
    ...(page.next === undefined ? {} : { [links]: [{ rel: 'next', href: page.next }] }),
    ...('count' in page ? { count: page.count } : {}),
  }),
  besideSchema: () => ({ [links]: t.Optional(nextLink), count: t.Optional(t.Integer()) }),
});

/** A page as it is answered. */
export function answeredPage<T extends { readonly id: string }>(
  dialect: ListDialect,
  req: Asked,
  { limit }: Pick<Listing, 'limit'>,
  { items, count }: CountedPage<T>,
): Page<T> {
  const page = pageOf(dialect, req, { items, size: limit === 0 ? Number.POSITIVE_INFINITY : limit, markerOf: ({ id }) => id });
  return count === undefined ? page : Object.assign(page, { count });
}
