import type { ImageSources } from '../../image/image-sources.ts';
import type { Context } from '../../lib/context/context.ts';
import type { ImageMeta } from '../../objects/image.ts';
import { imageProperty, invalidProperty } from '../../objects/image-properties.ts';
import { ImageNotActive, InvalidImageMetadata, UnknownImage } from './errors.ts';

/** An image that the caller may boot from. A missing image named in a body is bad input, not a missing page. */
export async function bootImage(images: Pick<ImageSources, 'forBoot'>, ctx: Context, id: string): Promise<ImageMeta> {
  const image = await images.forBoot(ctx, id);
  if (image === 'unknown') throw UnknownImage({ id });
  if (image === 'without data') throw ImageNotActive({ id });
  const because = invalidProperty(image.properties);
  if (because !== undefined) throw InvalidImageMetadata({ because });
  return image;
}

/** Whether the guests of an image cannot do without a config drive. */
export const wantsConfigDrive = (image: ImageMeta | null): boolean =>
  imageProperty(image?.properties ?? {}, 'img_config_drive') === 'mandatory';
