/** The metadata of images, which are their properties in the image service, until clients asked that service themselves. */
import { Type as t } from '@sinclair/typebox';
import { envelopeBody } from '../../../../lib/versioning/request-body.ts';
import type { Microversion } from '../../../../lib/versioning/microversion.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import { metadataItem, metadataMap } from '../../../../operations/wire/guest-data.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import { standingOf } from '../../image/image-attributes.ts';
import { newImageBody, newImageOf } from '../../image/image-body.ts';
import type { ComputeFaceDeps } from '../deps.ts';

type Deps = ComputeFaceDeps;

const window = { until: v.noImageMetadataProxy };
const noQuery = queryParams({});

const shown = t.Record(t.String(), t.String());
const all = exactly(t.Object({ metadata: shown }));
const one = exactly(t.Object({ meta: shown }));

const COLLECTION = '/images/{id}/metadata';
const ITEM = '/images/{id}/metadata/{key}';

/** Refuses what the image service would: an image shows its properties beside its attributes, so they cannot have the same names. */
function propertiesIn(items: Readonly<Record<string, string>>, at: Microversion): Readonly<Record<string, string>> {
  const attribute = Object.keys(items).find((key) => standingOf(key) === 'settable');
  if (attribute !== undefined) throw InvalidInput({ message: `${attribute} is an attribute of images and cannot be in their metadata.` });
  return newImageOf(newImageBody.parse(items, at)).properties ?? {};
}

/** The metadata of an image and its single items. */
export const imageMetadataRoutes = [
  route({
    ...window,
    method: 'GET',
    path: COLLECTION,
    summary: 'Show the metadata of an image.',
    query: noQuery,
    status: 200,
    answers: all,
    handle: async ({ ctx, params }, { imageProxy }: Deps) => ok({ metadata: { ...(await imageProxy.metadata(ctx, params.id)) } }),
  }),
  ...(
    [
      ['POST', 'merge', 'Add items to the metadata of an image, or change them.'],
      ['PUT', 'replace', 'Replace the metadata of an image.'],
    ] as const
  ).map(([method, how, summary]) =>
    route({
      ...window,
      method,
      path: COLLECTION,
      summary,
      body: envelopeBody('metadata', metadataMap),
      status: 200,
      answers: all,
      handle: async ({ ctx, params, body, version }, { imageProxy }: Deps) =>
        ok({ metadata: { ...(await imageProxy.setMetadata(ctx, params.id, propertiesIn(body, version), how)) } }),
    }),
  ),
  route({
    ...window,
    method: 'GET',
    path: ITEM,
    summary: 'Show one item of the metadata of an image.',
    query: noQuery,
    status: 200,
    answers: one,
    handle: async ({ ctx, params }, { imageProxy }: Deps) =>
      ok({ meta: { ...(await imageProxy.metadataItem(ctx, params.id, params.key)) } }),
  }),
  route({
    ...window,
    method: 'PUT',
    path: ITEM,
    summary: 'Set one item of the metadata of an image.',
    body: envelopeBody('meta', metadataItem),
    status: 200,
    answers: one,
    handle: async ({ ctx, params, body, version }, { imageProxy }: Deps) => {
      if (!Object.hasOwn(body, params.key)) throw InvalidInput({ message: 'Request body and URI mismatch' });
      await imageProxy.setMetadata(ctx, params.id, propertiesIn(body, version), 'merge');
      return ok({ meta: { ...body } });
    },
  }),
  route({
    ...window,
    method: 'DELETE',
    path: ITEM,
    summary: 'Delete one item of the metadata of an image.',
    status: 204,
    handle: async ({ ctx, params }, { imageProxy }: Deps) => {
      await imageProxy.deleteMetadataItem(ctx, params.id, params.key);
      return done();
    },
  }),
];
