/** Glance's list format: links to the first and next page, as paths. */
import { Type as t } from '@sinclair/typebox';
import type { Image } from '../../../image/image.ts';
import { type ListDialect, type Page, pageAnswer, pageOf, pageSize } from '../../pipeline/list.ts';
import type { ApiRequest } from '../../pipeline/route.ts';
import { imageAnswer, imageSchema } from './image-view.ts';

/** The page size: as requested, up to the maximum. */
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

/** The page of images for a request. */
export const imagePageOf = (req: ApiRequest<unknown, { readonly limit: number }>, items: readonly Image[]): Page<Image> =>
  pageOf(imageLists, req, { items, size: req.query.limit, markerOf: ({ id }) => id });
