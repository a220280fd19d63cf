import { errorType } from '../../lib/errors/error-type.ts';
import type { ImageSource } from '../../objects/guest-spec.ts';
import type { ReportProgress } from '../driver.ts';

// How the data of images comes to a host, whoever brings it.

/** Where a host gets the data of images from. */
export interface ImageFetcher {
  /** Writes the image's data to a new file and proves that it is what the image's record promises; on failure the file may be left half written. */
  fetch(source: ImageSource, to: string, signal: AbortSignal, progress?: ReportProgress): Promise<void>;
}

/** The image service did not deliver; it may do so later. */
export const ImageNotFetched = errorType(
  'ImageNotFetched',
  'unavailable',
  (p: { imageId: string }) => `Image ${p.imageId} could not be fetched from the image service.`,
);
