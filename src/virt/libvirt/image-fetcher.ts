import { errorType } from '../../lib/errors/error-type.ts';
import type { ImageSource } from '../../objects/guest-spec.ts';
import type { ReportProgress } from '../driver.ts';

// The interface through which a host downloads image data.

/** A source of image data. */
export interface ImageFetcher {
  /** Writes the image's data to a new file and verifies it against the image's record. On failure a partial file may remain. */
  fetch(source: ImageSource, to: string, signal: AbortSignal, progress?: ReportProgress): Promise<void>;
}

/** The image service failed; a retry may succeed. */
export const ImageNotFetched = errorType(
  'ImageNotFetched',
  'unavailable',
  (p: { imageId: string }) => `Image ${p.imageId} could not be fetched from the image service.`,
);
