/** Answers of which the asker may have chosen the fields. */
import { Type as t } from '@sinclair/typebox';
import { perVersion } from '../../../lib/versioning/microversion.ts';
import type { Resource } from '../../../lib/versioning/resource.ts';
import type { Answer } from '../wsgi/answer.ts';

/** One value and the fields to show; none means all. */
export interface Shown<out D> {
  readonly value: D;
  readonly fields?: readonly string[];
}

/** A page of values, and where the next one is. */
export interface ShownPage<out D> {
  readonly values: readonly D[];
  readonly fields: readonly string[];
  readonly next?: string | undefined;
}

/** `{ network: {...} }`. */
export const shown = <D>(key: string, inner: Resource<D>): Answer<Shown<D>> => ({
  schemaAt: perVersion((at) => t.Object({ [key]: t.Partial(inner.schemaAt(at)) })),
  render: ({ value, fields = [] }, view) => ({ [key]: chosen(inner.render(value, view), fields) }),
});

const links = t.Array(t.Object({ rel: t.Literal('next'), href: t.String() }));

/** `{ networks: [...], networks_links: [...] }`. */
export const shownPage = <D>(key: string, inner: Resource<D>): Answer<ShownPage<D>> => ({
  schemaAt: perVersion((at) => t.Object({ [key]: t.Array(t.Partial(inner.schemaAt(at))), [`${key}_links`]: t.Optional(links) })),
  render: ({ values, fields, next }, view) => ({
    [key]: values.map((value) => chosen(inner.render(value, view), fields)),
    ...(next !== undefined && { [`${key}_links`]: [{ rel: 'next', href: next }] }),
  }),
});

const chosen = (body: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> =>
  fields.length === 0 ? body : Object.fromEntries(Object.entries(body).filter(([name]) => fields.includes(name)));

interface Asked {
  readonly query: { readonly fields: readonly string[]; readonly limit: number };
  readonly url: string;
  readonly rawQuery: URLSearchParams;
}

/** A page as it was asked for; a full one links to the next. */
export function pageFor<D extends { readonly id: string }>({ query, url, rawQuery }: Asked, values: readonly D[]): ShownPage<D> {
  const last = values.at(-1);
  if (last === undefined || values.length < query.limit) return { values, fields: query.fields };
  const following = new URLSearchParams(rawQuery);
  following.set('marker', last.id);
  return { values, fields: query.fields, next: `${url}?${following}` };
}
