/** Lists of images, and single ones, until clients asked the image service themselves. */
import { Type as t } from '@sinclair/typebox';
import type { ImageListing } from '../../../../compute/proxies/proxied-images-api.ts';
import { imageStatuses } from '../../../../image/image.ts';
import { param, type QueryHead, type QueryParams, queryParams } from '../../../../lib/versioning/query-params.ts';
import { v } from '../../../../microversions.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { collection } from '../../../pipeline/compute-list.ts';
import { pageSize } from '../../../pipeline/list.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { isoTime } from '../iso-time.ts';
import { pageOf, pagingParams } from '../paging.ts';
import { imageSummary, imageView, shownStatuses } from './image-view.ts';

type Deps = ComputeFaceDeps;

const window = { until: v.noProxies };
const noQuery = queryParams({});

const amount = { type: t.String({ pattern: '^[0-9]{1,9}$' }) };
const params = {
  ...pagingParams,
  name: param(),
  status: param(),
  server: param(),
  type: param(),
  minDisk: param(amount),
  minRam: param(amount),
  'changes-since': param({ type: t.String({ format: 'date-time' }), read: isoTime }),
};

/** Filters of this prefix compare a property. */
const PROPERTY = 'property-';

type Asked = QueryHead<typeof params> & { readonly properties: Readonly<Record<string, string>> };

const known = queryParams(params, { tolerate: `^${PROPERTY}` });
const query: QueryParams<Asked> = {
  schemaAt: known.schemaAt,
  parse: (given, at) => ({ ...known.parse(given, at), properties: propertiesIn(given) }),
};

const propertiesIn = (given: URLSearchParams): Record<string, string> =>
  Object.fromEntries([...given].filter(([key]) => key.startsWith(PROPERTY)).map(([key, value]) => [key.slice(PROPERTY.length), value]));

function listingOf({ name, status, server, type, minDisk, minRam, 'changes-since': since, marker, properties }: Asked, limit: number) {
  const values = {
    ...(name !== undefined && { name: [name] }),
    ...(status !== undefined && { status: statusesShownAs(status.toLowerCase()) }),
    ...(minDisk !== undefined && { min_disk: [String(Number(minDisk))] }),
    ...(minRam !== undefined && { min_ram: [String(Number(minRam))] }),
  };
  const listing: ImageListing = {
    limit,
    values,
    tests: since === undefined ? [] : [{ attribute: 'updated_at', is: 'gte', value: since }],
    properties: {
      ...properties,
      // Clients name the server by its id or its URL.
      ...(server !== undefined && { instance_uuid: server.slice(server.lastIndexOf('/') + 1) }),
      ...(type !== undefined && { image_type: type }),
    },
    ...(marker !== undefined && { marker }),
  };
  return listing;
}

/** The statuses of the image service that are called so, here or there; its own word where there is none, which no image has. */
function statusesShownAs(word: string): readonly string[] {
  const found = imageStatuses.filter((status) => status === word || shownStatuses[status].status.toLowerCase() === word);
  return found.length > 0 ? found : [word];
}

/** The two lists differ only in detail. */
const imageList = <const P extends string>(path: P, summary: string, view: typeof imageView) =>
  route({
    ...window,
    method: 'GET',
    path,
    summary,
    query,
    status: 200,
    answers: collection('images', view),
    handle: async (req, { imageProxy, maxLimit }: Deps) => {
      const size = pageSize(req.query.limit, { longest: maxLimit });
      return ok(pageOf(await imageProxy.list(req.ctx, listingOf(req.query, size)), size, req, ({ image }) => image.id));
    },
  });

/** Images, read and deleted. */
export const imageProxyRoutes = [
  imageList('/images', 'List images: ids, names and links.', imageSummary),
  imageList('/images/detail', 'List images in full.', imageView),
  route({
    ...window,
    method: 'GET',
    path: '/images/{id}',
    summary: 'Show an image.',
    query: noQuery,
    status: 200,
    answers: envelope('image', imageView),
    handle: async ({ ctx, params: { id } }, { imageProxy }: Deps) => ok(await imageProxy.show(ctx, id)),
  }),
  route({
    ...window,
    method: 'DELETE',
    path: '/images/{id}',
    summary: 'Delete an image.',
    status: 204,
    handle: async ({ ctx, params: { id } }, { imageProxy }: Deps) => {
      await imageProxy.delete(ctx, id);
      return done();
    },
  }),
];
