import type { Context } from '../lib/context/context.ts';
import { asId, type ImageId } from '../objects/ids.ts';
import type { ImageMeta } from '../objects/image.ts';
import type { ImageApi } from './api.ts';
import { ImageNotActive, ImageNotFound } from './errors.ts';
import type { ImageSources } from './image-sources.ts';

/** Images of our own image service, which hosts reach at `baseUrl`. */
export const builtinSources = (images: Pick<ImageApi, 'meta' | 'passTo'>, baseUrl: string): ImageSources => ({
  forBoot: async (ctx: Context, id: string) => {
    try {
      return await images.meta(ctx, asId<ImageId>(id));
    } catch (error) {
      if (ImageNotFound.is(error)) return 'unknown';
      if (ImageNotActive.is(error)) return 'without data';
      throw error;
    }
  },
  sourceOf: async (ctx: Context, image: ImageMeta) => ({
    image,
    url: `${baseUrl}/v2/images/${image.id}/file`,
    token: await images.passTo(ctx, image.id),
  }),
});
