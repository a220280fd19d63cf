/** Answers of which the asker may have chosen the fields. */
import { Type as t } from '@sinclair/typebox';
import { perVersion } from '../../../lib/versioning/microversion.ts';
import type { Resource } from '../../../lib/versioning/resource.ts';
import { stringEnum } from '../../../lib/versioning/schema.ts';
import type { Answer } from '../../pipeline/answer.ts';
import type { FaceQuery } from './list-query.ts';

/** One value and the fields to show; none means all. */
export interface Shown<out D> {
  readonly value: D;
  readonly fields?: readonly string[];
}

/** Where another page is. */
interface PageLink {
  readonly rel: 'next' | 'previous';
  readonly href: string;
}

/** A page of values, and where others are. */
export interface ShownPage<out D> {
  readonly values: readonly D[];
  readonly fields: readonly string[];
  readonly links: readonly PageLink[];
}

/** `{ network: {...} }`. */
export const shown = <D>(key: string, inner: Resource<D>): Answer<Shown<D>> => ({
  schemaAt: perVersion((at) => t.Object({ [key]: t.Partial(inner.schemaAt(at)) })),
  render: ({ value, fields = [] }, view) => ({ [key]: chosen(inner.render(value, view), fields) }),
});

const linksSchema = t.Array(t.Object({ rel: stringEnum(['next', 'previous']), href: t.String() }));

/** `{ networks: [...], networks_links: [...] }`. */
export const shownPage = <D>(key: string, inner: Resource<D>): Answer<ShownPage<D>> => ({
  schemaAt: perVersion((at) => t.Object({ [key]: t.Array(t.Partial(inner.schemaAt(at))), [`${key}_links`]: t.Optional(linksSchema) })),
  render: ({ values, fields, links }, view) => ({
    [key]: values.map((value) => chosen(inner.render(value, view), fields)),
    ...(links.length > 0 && { [`${key}_links`]: links }),
  }),
});

const chosen = (body: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> =>
  fields.length === 0 ? body : Object.fromEntries(Object.entries(body).filter(([name]) => fields.includes(name)));

interface Asked {
  readonly query: FaceQuery;
  readonly url: string;
  readonly rawQuery: URLSearchParams;
}

/** A page as it was asked for. A full one leads on in its direction; one that was asked for with a marker also leads back. */
export function pageFor<D extends { readonly id: string }>({ query, url, rawQuery }: Asked, values: readonly D[]): ShownPage<D> {
  const [first, last] = [values.at(0), values.at(-1)];
  const page = { values, fields: query.fields };
  if (first === undefined || last === undefined) return { ...page, links: [] };
  const [isFull, isLater] = [values.length >= query.limit, query.marker !== undefined];
  const [hasNext, hasPrevious] = query.isReverse ? [isLater, isFull] : [isFull, isLater];
  const linkTo = (marker: string, isReverse: boolean): string => {
    const other = new URLSearchParams(rawQuery);
    other.delete('page_reverse');
    other.set('marker', marker);
    if (isReverse) other.set('page_reverse', 'True');
    return `${url}?${other}`;
  };
  return {
    ...page,
    links: [
      ...(hasNext ? [{ rel: 'next' as const, href: linkTo(last.id, false) }] : []),
      ...(hasPrevious ? [{ rel: 'previous' as const, href: linkTo(first.id, true) }] : []),
    ],
  };
}
