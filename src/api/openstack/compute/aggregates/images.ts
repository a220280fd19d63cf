import { Type as t } from '@sinclair/typebox';
import { MAX_IMAGES_TO_CACHE } from '../../../../objects/guest-spec.ts';
import { plainBody } from '../../../../lib/versioning/request-body.ts';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { done, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { aggregateIdIn } from './aggregate-id.ts';

const images = t.Array(strictObject({ id: t.String({ format: 'uuid' }) }), { minItems: 1, maxItems: MAX_IMAGES_TO_CACHE });

export const cacheImagesOfAggregate = route({
  method: 'POST',
  path: '/os-aggregates/{id}/images',
  summary: 'Have the hosts of an aggregate fetch images into their caches.',
  since: v.imageCaching,
  documented: { rule: 'compute:aggregates:images' },
  body: plainBody(strictObject({ cache: images })),
  status: 202,
  handle: async ({ ctx, params: { id }, body: { cache } }, { imageCaching }: ComputeFaceDeps) => {
    await imageCaching.cache(
      ctx,
      aggregateIdIn(id),
      cache.map((image) => image.id),
    );
    return done();
  },
});
