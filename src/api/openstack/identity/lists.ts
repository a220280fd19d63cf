/** Lists of the identity API: how they are asked for, and how a page is told. */
import { Type as t } from '@sinclair/typebox';
import { perVersion } from '../../../lib/versioning/microversion.ts';
import { param } from '../../../lib/versioning/query-params.ts';
import type { Resource } from '../../../lib/versioning/resource.ts';
import type { Answer } from '../../pipeline/answer.ts';
import type { ApiRequest } from '../../pipeline/route.ts';

/** Longest page, and the length of one that was not asked for; clients are told when there is more. */
const MAX_LIMIT = 1_000;

/** Paging, by names that go into the query of every list. */
export const paging = {
  limit: param({ type: t.String({ pattern: '^[1-9]\\d{0,8}$' }), read: (value) => Math.min(Number(value), MAX_LIMIT) }),
  marker: param({ type: t.String({ minLength: 1, maxLength: 64 }) }),
};

/** A yes or no in a query, in the words that Keystone takes; the bare name is a yes. */
export const flag = param({
  type: t.String({ pattern: '^([Tt]rue|[Ff]alse|1|0|)$' }),
  read: (value) => !['false', '0'].includes(value.toLowerCase()),
});

/** A text in a query that is compared with a name or an id. */
export const wanted = param({ type: t.String({ maxLength: 255 }) });

/** What was asked for, with the length of the page filled in. */
export const pageIn = ({ limit = MAX_LIMIT, marker }: { readonly limit?: number; readonly marker?: string }) => ({ limit, marker });

interface Listed<out D> {
  readonly items: readonly D[];
  readonly self: string;
  readonly next: string | null;
}

const linksSchema = t.Object({
  self: t.String(),
  previous: t.Null(),
  next: t.Union([t.String(), t.Null()]),
});

/** A page: `{ projects: [...], links: { self, previous, next } }`, with `truncated` where there is more. */
export const listAnswer = <D>(key: string, inner: Resource<D>): Answer<Listed<D>> => ({
  schemaAt: perVersion((at) =>
    t.Object(
      { [key]: t.Array(inner.schemaAt(at)), links: linksSchema, truncated: t.Optional(t.Boolean()) },
      { additionalProperties: false },
    ),
  ),
  render: ({ items, self, next }, view) => ({
    [key]: items.map((item) => inner.render(item, view)),
    links: { self, previous: null, next },
    ...(next === null ? {} : { truncated: true }),
  }),
});

/** A page that answers a request; the next one follows its last item where it is full. */
export function listed<D extends { readonly id: string }>(
  { url, rawQuery, query }: Pick<ApiRequest<unknown, { readonly limit?: number }>, 'url' | 'rawQuery' | 'query'>,
  items: readonly D[],
): Listed<D> {
  const last = items.length === pageIn(query).limit ? items.at(-1) : undefined;
  return {
    items,
    self: linkTo(url, rawQuery),
    next: last ? linkTo(url, new URLSearchParams([...without(rawQuery), ['marker', last.id]])) : null,
  };
}

/** All there is, in one page. */
export const wholeList = <D>({ url, rawQuery }: Pick<ApiRequest, 'url' | 'rawQuery'>, items: readonly D[]): Listed<D> => ({
  items,
  self: linkTo(url, rawQuery),
  next: null,
});

const without = (query: URLSearchParams) => [...query].filter(([name]) => name !== 'marker');
const linkTo = (url: string, query: URLSearchParams): string => (query.size === 0 ? url : `${url}?${query}`);
