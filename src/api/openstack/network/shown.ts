/** Answers with a field selection by the caller. */
import { Type as t } from '@sinclair/typebox';
import { perVersion } from '../../../lib/versioning/microversion.ts';
import type { Resource } from '../../../lib/versioning/resource.ts';
import { stringEnum } from '../../../lib/versioning/schema.ts';
import type { Answer } from '../../pipeline/answer.ts';
import { type ListDialect, type Page, pageAnswer, pageOf } from '../../pipeline/list.ts';
import type { ApiRequest } from '../../pipeline/route.ts';
import type { FaceQuery } from './list-query.ts';

/** One value and the fields to show; none means all. */
export interface Shown<out D> {
  readonly value: D;
  readonly fields?: readonly string[];
}

/** A page of values, and the fields to show of each. */
export interface ShownPage<out D> extends Page<D> {
  readonly fields: readonly string[];
}

/** `{ network: {...} }`. */
export const shown = <D>(key: string, inner: Resource<D>): Answer<Shown<D>> => ({
  schemaAt: perVersion((at) => t.Object({ [key]: t.Partial(inner.schemaAt(at)) })),
  render: ({ value, fields = [] }, view) => ({ [key]: chosen(inner.render(value, view), fields) }),
});

const linksSchema = t.Array(t.Object({ rel: stringEnum(['next', 'previous']), href: t.String() }));

/** Neutron's list format; clients may also page backwards. */
const networkLists: ListDialect = {
  rels: ['next', 'previous'],
  reverse: 'page_reverse',
  beside: (name, page) => {
    const links = (['next', 'previous'] as const).flatMap((rel) => (page[rel] === undefined ? [] : [{ rel, href: page[rel] }]));
    return links.length > 0 ? { [`${name}_links`]: links } : {};
  },
  besideSchema: (name) => ({ [`${name}_links`]: t.Optional(linksSchema) }),
};

/** `{ networks: [...], networks_links: [...] }`. */
export const shownPage = <D>(key: string, inner: Resource<D>): Answer<ShownPage<D>> =>
  pageAnswer<D, ShownPage<D>>(networkLists, key, {
    schemaAt: (at) => t.Partial(inner.schemaAt(at)),
    render: (value, view, { fields }) => chosen(inner.render(value, view), fields),
  });

const chosen = (body: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> =>
  fields.length === 0 ? body : Object.fromEntries(Object.entries(body).filter(([name]) => fields.includes(name)));

/** The requested page. A full page links onward in its direction; one requested with a marker also links back. */
export const pageFor = <D extends { readonly id: string }>(req: ApiRequest<unknown, FaceQuery>, items: readonly D[]): ShownPage<D> => {
  const { limit: size, isReverse, marker, fields } = req.query;
  return { ...pageOf(networkLists, req, { items, size, markerOf: ({ id }) => id, isReverse, isLater: marker !== undefined }), fields };
};
