/** How Glance tells a list: where it begins and where its next page is, as paths. */
import { Type as t } from '@sinclair/typebox';
import type { Image } from '../../../image/image.ts';
import { type ListDialect, type Page, pageAnswer, pageOf, pageSize } from '../../pipeline/list.ts';
import type { ApiRequest } from '../../pipeline/route.ts';
import { imageAnswer, imageSchema } from './image-view.ts';

/** Images of a page: as many as were asked for, within what is allowed. */
export const imagesPerPage = (asked: number | undefined): number => pageSize(asked, { unasked: 25, longest: 1_000 });

const imageLists: ListDialect = {
  rels: ['first', 'next'],
  isRelative: true,
  beside: (name, { first, next }) => ({ first, ...(next !== undefined && { next }), schema: `/v2/schemas/${name}` }),
  besideSchema: () => ({ first: t.String(), next: t.Optional(t.String()), schema: t.String() }),
};

const item = { schemaAt: () => imageSchema, render: imageAnswer.render };

/** `{ images: [...], first, next, schema }`. */
export const imagePageAnswer = pageAnswer<Image>(imageLists, 'images', item);

/** A page of images that answers a request. */
export const imagePageOf = (req: ApiRequest<unknown, { readonly limit: number }>, items: readonly Image[]): Page<Image> =>
  pageOf(imageLists, req, { items, size: req.query.limit, markerOf: ({ id }) => id });
