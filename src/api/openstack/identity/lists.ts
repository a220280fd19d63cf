/** Lists of the identity API: how they are asked for, and how a page is told. */
import { Type as t } from '@sinclair/typebox';
import { param } from '../../../lib/versioning/query-params.ts';
import type { Resource } from '../../../lib/versioning/resource.ts';
import type { Answer } from '../../pipeline/answer.ts';
import {
  type ListDialect,
  type Page,
  pageAnswer,
  pageOf,
  type PageSizes,
  pageSize,
  wholeList as wholeListIn,
} from '../../pipeline/list.ts';
import type { ApiRequest } from '../../pipeline/route.ts';

/** Paging, by names that go into the query of every list. */
export const paging = {
  limit: param({ type: t.String({ pattern: '^[1-9]\\d{0,8}$' }), read: Number }),
  marker: param({ type: t.String({ minLength: 1, maxLength: 64 }) }),
};

/** A yes or no in a query, in the words that Keystone takes; the bare name is a yes. */
export const flag = param({
  type: t.String({ pattern: '^([Tt]rue|[Ff]alse|1|0|)$' }),
  read: (value) => !['false', '0'].includes(value.toLowerCase()),
});

/** A text in a query that is compared with a name or an id. */
export const wanted = param({ type: t.String({ maxLength: 255 }) });

const SIZES: PageSizes = { longest: 1_000 };

/** What was asked for, with the length of the page filled in. */
export const pageIn = ({ limit, marker }: { readonly limit?: number; readonly marker?: string }) => ({
  limit: pageSize(limit, SIZES),
  marker,
});

/** Clients are told when there is more. */
const identityLists: ListDialect = {
  rels: ['self', 'next'],
  beside: (_name, { self, next = null }) => ({ links: { self, previous: null, next }, ...(next === null ? {} : { truncated: true }) }),
  besideSchema: () => ({ links: linksSchema, truncated: t.Optional(t.Boolean()) }),
};

const linksSchema = t.Object({
  self: t.String(),
  previous: t.Null(),
  next: t.Union([t.String(), t.Null()]),
});

/** A page: `{ projects: [...], links: { self, previous, next } }`, with `truncated` where there is more. */
export const listAnswer = <D>(name: string, inner: Resource<D>): Answer<Page<D>> => pageAnswer(identityLists, name, inner);

type Asked = Pick<ApiRequest, 'url' | 'rawQuery'>;

/** A page that answers a request; the next one follows its last item where it is full. */
export const listed = <D extends { readonly id: string }>(
  req: Asked & { readonly query: { readonly limit?: number } },
  items: readonly D[],
): Page<D> => pageOf(identityLists, req, { items, size: pageIn(req.query).limit, markerOf: ({ id }) => id });

/** All there is, in one page. */
export const wholeList = <D>(req: Asked, items: readonly D[]): Page<D> => wholeListIn(identityLists, req, items);
