import type { Context } from '../lib/context/context.ts';
import type { ImageSource } from '../objects/guest-spec.ts';
import type { ImageMeta } from '../objects/image.ts';

/** How servers are booted from images, whoever keeps these. */
export interface ImageSources {
  /** What a server that boots from an image keeps of it, or why the caller cannot boot from it. */
  forBoot(ctx: Context, id: string): Promise<ImageMeta | 'unknown' | 'without data'>;
  /** Where a host fetches the data, with a credential that opens nothing else and not for long: it is made anew for each message. */
  sourceOf(ctx: Context, image: ImageMeta): Promise<ImageSource>;
}
