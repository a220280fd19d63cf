/** Lists of the identity API: their query and their page format. */
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

/** The paging parameters of every list. Those for sorting are ignored, as Keystone ignores them. */
export const paging = {
  limit: param({ type: t.String({ pattern: '^[1-9]\\d{0,8}$' }), read: Number }),
  marker: param({ type: t.String({ minLength: 1, maxLength: 64 }) }),
  sort_key: param(),
  sort_dir: param(),
};

/** Refuses unknown parameters. Keystone ignores them, so that a misspelled filter finds everything, which some clients then delete. */
export const onlyKnown = { strict: {} };

/** A boolean in a query, in Keystone's spellings; a parameter without a value is true. */
export const flag = param({
  type: t.String({ pattern: '^([Tt]rue|[Ff]alse|1|0|)$' }),
  read: (value) => !['false', '0'].includes(value.toLowerCase()),
});

/** A query text that is compared with a name or an id. */
export const wanted = param({ type: t.String({ maxLength: 255 }) });

const SIZES: PageSizes = { longest: 1_000 };

/** The requested page, with the default size filled in. */
export const pageIn = ({ limit, marker }: { readonly limit?: number; readonly marker?: string }) => ({
  limit: pageSize(limit, SIZES),
  marker,
});

/** Tells clients that there are more items. */
const identityLists: ListDialect = {
  rels: ['self', 'next'],
  beside: (_name, { self, next = null }) => ({ links: linksOf({ self, next }), ...(next === null ? {} : { truncated: true }) }),
  besideSchema: () => ({ links: linksSchema, truncated: t.Optional(t.Boolean()) }),
};

export const linksSchema = t.Object({
  self: t.String(),
  previous: t.Null(),
  next: t.Union([t.String(), t.Null()]),
});

/** The links of a list. */
export const linksOf = <Self>({ self, next = null }: { readonly self: Self; readonly next?: string | null }) => ({
  self,
  previous: null,
  next,
});

/** A page: `{ projects: [...], links: { self, previous, next } }`, with `truncated` when there is more. */
export const listAnswer = <D>(name: string, inner: Resource<D>): Answer<Page<D>> => pageAnswer(identityLists, name, inner);

type Asked = Pick<ApiRequest, 'url' | 'rawQuery'>;

/** The page for a request; a full page links to the next one. */
export const listed = <D extends { readonly id: string }>(
  req: Asked & { readonly query: { readonly limit?: number } },
  items: readonly D[],
): Page<D> => pageOf(identityLists, req, { items, size: pageIn(req.query).limit, markerOf: ({ id }) => id });

/** The whole list as one page. */
export const wholeList = <D>(req: Asked, items: readonly D[]): Page<D> => wholeListIn(identityLists, req, items);
