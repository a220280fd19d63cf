// Paging for every API: the size of a page and its links. What differs between APIs is a `ListDialect`.
import { type TProperties, type TSchema, Type as t } from '@sinclair/typebox';
import { type Microversion, perVersion } from '../../lib/versioning/microversion.ts';
import type { View } from '../../lib/versioning/resource.ts';
import type { Answer } from './answer.ts';
import { JoinedPages } from './joined-pages.ts';

/** Links to a page and its neighbours; `next` and `previous` only when such a page exists. */
export type PageLinks = { readonly [R in 'self' | 'first' | 'previous' | 'next']?: string | undefined };

/** A page of a list: its items and links. */
export interface Page<out D> extends PageLinks {
  readonly items: readonly D[];
}

/** The list format of one API. */
export interface ListDialect {
  /** Which links it shows. */
  readonly rels: readonly (keyof PageLinks)[];
  /** Links are paths, without scheme and host. */
  readonly isRelative?: boolean;
  /** The query parameter that asks for the page before the marker. */
  readonly reverse?: string;
  /** The keys beside the items, for a list of this name. */
  readonly beside: (name: string, links: PageLinks) => Readonly<Record<string, unknown>>;
  /** The schema of those keys. */
  readonly besideSchema: (name: string) => TProperties;
}

/** Limits on the number of items in a page. */
export interface PageSizes {
  /** The maximum. */
  readonly longest: number;
  /** The default, if not `longest`. */
  readonly unasked?: number;
  /** Makes 0 mean the maximum; otherwise it means an empty page. */
  readonly zero?: 'longest';
}

/** The number of items in a page: what the client asked for, up to the maximum. */
export function pageSize(asked: number | undefined, { longest, unasked = longest, zero }: PageSizes): number {
  const size = asked ?? unasked;
  return Math.min(size === 0 && zero === 'longest' ? longest : size, longest);
}

/** The parts of a request that links are built from. */
interface Asked {
  /** The URL without its query. */
  readonly url: string;
  readonly rawQuery: URLSearchParams;
}

interface Found<D> {
  readonly items: readonly D[];
  /** The requested size; a shorter page is the last one. */
  readonly size: number;
  /** The marker that asks for the page after this item. */
  readonly markerOf: (item: D) => string;
  readonly isReverse?: boolean | undefined;
  /** Whether the request had a marker, so that earlier pages exist. */
  readonly isLater?: boolean;
}

/** The requested page with the links of the dialect. */
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

/** The whole list as one page. */
export const wholeList = <D>(dialect: ListDialect, asked: Asked, items: readonly D[]): Page<D> =>
  pageOf(dialect, asked, { items, size: Number.POSITIVE_INFINITY, markerOf: () => '' });

type Addressing = Pick<ListDialect, 'isRelative' | 'reverse'>;

/** The URL of the same list after a marker, or from its start. */
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

/** How one item is rendered; it may depend on the page as well. */
interface Item<in D, in P> {
  readonly schemaAt: (at: Microversion) => TSchema;
  readonly render: (item: D, view: View, page: P) => unknown;
  readonly json?: ((item: D, view: View) => Buffer) | undefined;
}

/** The whole list in its envelope, without links: `{ services: [...] }`. */
export const list = <D>(name: string, inner: Item<D, Page<D>>): Answer<Page<D>> => pageAnswer(withoutPages, name, inner);

const withoutPages: ListDialect = { rels: [], beside: () => ({}), besideSchema: () => ({}) };

/** A page as an answer: `{ servers: [...] }` with the dialect's links beside it. */
export const pageAnswer = <D, P extends Page<D> = Page<D>>(dialect: ListDialect, name: string, item: Item<D, P>): Answer<P> => ({
  schemaAt: perVersion((at) =>
    t.Object({ [name]: t.Array(item.schemaAt(at)), ...dialect.besideSchema(name) }, { additionalProperties: false }),
  ),
  render: (page, view) => ({ [name]: page.items.map((one) => item.render(one, view, page)), ...dialect.beside(name, page) }),
  json: jsonOf(dialect, name, item.json),
});

/** A page as JSON, joined from its items. */
function jsonOf<D>({ beside }: ListDialect, name: string, json: Item<D, never>['json']): Answer<Page<D>>['json'] {
  const pages = new JoinedPages(`{${JSON.stringify(name)}:[`);
  return (
    json &&
    ((page, view) => {
      const keys = Object.entries(beside(name, page)).map(([key, value]) => `,${JSON.stringify(key)}:${JSON.stringify(value)}`);
      return pages.join(
        page.items.map((one) => json(one, view)),
        `]${keys.join('')}}`,
      );
    })
  );
}
