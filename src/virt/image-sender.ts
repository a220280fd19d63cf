import type { Readable } from 'node:stream';
import { errorType } from '../lib/errors/error-type.ts';
import type { ImageTarget } from '../objects/server-image.ts';
import type { ReportProgress } from './driver.ts';

/** The data of an image to send. */
export interface ImageData {
  readonly sizeBytes: number;
  readonly open: () => Readable;
}

/** Through which a host sends image data: all of it, or the image stays without data. */
export type ImageSender = (target: ImageTarget, data: ImageData, signal: AbortSignal, progress?: ReportProgress) => Promise<void>;

/** The image service failed; a retry may succeed. */
export const ImageNotSent = errorType(
  'ImageNotSent',
  'unavailable',
  (p: { imageId: string }) => `The data of image ${p.imageId} could not be sent to the image service.`,
);

/** The image service does not want the data: the image was deleted meanwhile, or is too large. */
export const ImageRefused = errorType(
  'ImageRefused',
  'invalid',
  (p: { imageId: string; status: number }) => `The image service refuses the data of image ${p.imageId} (${p.status}).`,
);
