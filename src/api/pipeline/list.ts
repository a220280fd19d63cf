// Lists of every API: how long a page is, where its neighbours are, and how both are told. What differs between APIs is a `ListDialect`.
import { type TProperties, type TSchema, Type as t } from '@sinclair/typebox';
import { type Microversion, perVersion } from '../../lib/versioning/microversion.ts';
import type { View } from '../../lib/versioning/resource.ts';
import type { Answer } from './answer.ts';

/** Where a page and others of its list are; `next` and `previous` only where there is such a page. */
export type PageLinks = { readonly [R in 'self' | 'first' | 'previous' | 'next']?: string | undefined };

/** A page of a list: its items, and where others are. */
export interface Page<out D> extends PageLinks {
  readonly items: readonly D[];
}

/** How lists of one API are told. */
export interface ListDialect {
  /** Which links it tells. */
  readonly rels: readonly (keyof PageLinks)[];
  /** Links begin with the path, not with scheme and host. */
  readonly isRelative?: boolean;
  /** The query parameter by which a client asks for the page before its marker. */
  readonly reverse?: string;
  /** What stands beside the items of a list, by the name of the list. */
  readonly beside: (name: string, links: PageLinks) => Readonly<Record<string, unknown>>;
  /** The schema of that. */
  readonly besideSchema: (name: string) => TProperties;
}

/** How many items a page has. */
export interface PageSizes {
  /** At most, whatever is asked for. */
  readonly longest: number;
  /** When nothing is asked for, if not `longest`. */
  readonly unasked?: number;
  /** What 0 means: a page without items, unless it is as many as there may be. */
  readonly zero?: 'longest';
}

/** How many items a page has: what was asked for, within what is allowed. */
export function pageSize(asked: number | undefined, { longest, unasked = longest, zero }: PageSizes): number {
  const size = asked ?? unasked;
  return Math.min(size === 0 && zero === 'longest' ? longest : size, longest);
}

/** The request for a page as far as links are made of it. */
interface Asked {
  /** The URL without its query. */
  readonly url: string;
  readonly rawQuery: URLSearchParams;
}

interface Found<D> {
  readonly items: readonly D[];
  /** The length that was asked for: of a shorter page nothing follows. */
  readonly size: number;
  /** How a client names an item to ask for the page that follows it. */
  readonly markerOf: (item: D) => string;
  readonly isReverse?: boolean | undefined;
  /** Whether it was asked for with a marker: then there are pages before it. */
  readonly isLater?: boolean;
}

/** A page as it was asked for, with the links that the dialect tells. */
export function pageOf<D>({ rels, ...dialect }: ListDialect, asked: Asked, found: Found<D>): Page<D> {
  const { items, size, markerOf, isReverse = false, isLater = false } = found;
  const [first, last] = [items.at(0), items.at(-1)];
  const isFull = items.length >= size;
  const [hasPrevious, hasNext] = isReverse ? [isFull, isLater] : [isLater, isFull];
  const hrefs: Record<keyof PageLinks, () => string | undefined> = {
    self: () => withQuery(dialect, asked, asked.rawQuery),
    first: () => hrefTo(dialect, asked, undefined),
    previous: () => (hasPrevious && first !== undefined ? hrefTo(dialect, asked, markerOf(first), { isReverse: true }) : undefined),
    next: () => (hasNext && last !== undefined ? hrefTo(dialect, asked, markerOf(last)) : undefined),
  };
  return { items, ...Object.fromEntries(rels.map((rel) => [rel, hrefs[rel]()])) };
}

/** All there is, in one page. */
export const wholeList = <D>(dialect: ListDialect, asked: Asked, items: readonly D[]): Page<D> =>
  pageOf(dialect, asked, { items, size: Number.POSITIVE_INFINITY, markerOf: () => '' });

type Addressing = Pick<ListDialect, 'isRelative' | 'reverse'>;

/** The same list from behind a marker on, or from its beginning. */
function hrefTo(addressing: Addressing, asked: Asked, marker: string | undefined, { isReverse = false } = {}): string {
  const query = new URLSearchParams(asked.rawQuery);
  if (addressing.reverse !== undefined) query.delete(addressing.reverse);
  if (marker === undefined) query.delete('marker');
  else query.set('marker', marker);
  if (isReverse && addressing.reverse !== undefined) query.set(addressing.reverse, 'True');
  return withQuery(addressing, asked, query);
}

function withQuery({ isRelative = false }: Addressing, { url }: Asked, query: URLSearchParams): string {
  const base = isRelative ? new URL(url).pathname : url;
  return query.size === 0 ? base : `${base}?${query}`;
}

/** How one item is told; a resource, or what depends on the page as well. */
interface Item<in D, in P> {
  readonly schemaAt: (at: Microversion) => TSchema;
  readonly render: (item: D, view: View, page: P) => unknown;
}

/** Resources in their envelope, all of them and nothing beside them: `{ services: [...] }`. */
export const list = <D>(name: string, inner: Item<D, Page<D>>): Answer<Page<D>> => pageAnswer(withoutPages, name, inner);

const withoutPages: ListDialect = { rels: [], beside: () => ({}), besideSchema: () => ({}) };

/** The answer that is a page: `{ servers: [...] }`, and beside it what the dialect tells. */
export const pageAnswer = <D, P extends Page<D> = Page<D>>(dialect: ListDialect, name: string, item: Item<D, P>): Answer<P> => ({
  schemaAt: perVersion((at) =>
    t.Object({ [name]: t.Array(item.schemaAt(at)), ...dialect.besideSchema(name) }, { additionalProperties: false }),
  ),
  render: (page, view) => ({ [name]: page.items.map((one) => item.render(one, view, page)), ...dialect.beside(name, page) }),
});
