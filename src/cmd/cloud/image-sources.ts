import type { ImageSources } from '../../conductor/workflows/deps.ts';
import { UnknownImage } from '../../compute/servers/errors.ts';
import { openIdentity } from './identity.ts';
import { openImages } from './images.ts';
import { urlOf } from '../nova-config.ts';
import { asId, type ImageId } from '../../objects/ids.ts';
import type { Shared } from './shared.ts';

/** How long a pass to an image is good: the time that a host may take to build. */
const PASS_SECONDS = 3_600;

/** Hosts fetch images from the image service, with a token of who boots. */
export async function imageSources(shared: Shared): Promise<ImageSources> {
  const identity = openIdentity(shared);
  const images = await openImages(shared);
  const base = urlOf(shared.runtime.config, 'image');
  return {
    sourceOf: async (ctx, image) => ({
      image,
      url: `${base}/v2/images/${image.id}/file`,
      token: await identity.issueFor(ctx, PASS_SECONDS),
    }),
    find: async (ctx, imageId) => {
      try {
        return await images.meta(ctx, asId<ImageId>(imageId));
      } catch (cause) {
        throw UnknownImage({ id: imageId }, { cause });
      }
    },
  };
}
