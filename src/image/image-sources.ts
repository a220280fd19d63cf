import type { Context } from '../lib/context/context.ts';
import type { ImageSource } from '../objects/guest-spec.ts';
import type { ImageMeta } from '../objects/image.ts';

/** Where servers get their images from, whatever service keeps them. */
export interface ImageSources {
  /** What a server that boots from an image stores of it, or why the caller cannot boot from it. */
  forBoot(ctx: Context, id: string): Promise<ImageMeta | 'unknown' | 'without data'>;
  /** Where a host fetches the data, with a short-lived credential for this data only, issued anew for each message. */
  sourceOf(ctx: Context, image: ImageMeta): Promise<ImageSource>;
}
