/** What can go wrong with images, in the words of Glance where it has some. */
import { errorType } from '../lib/errors/error-type.ts';

export const ImageNotFound = errorType('ImageNotFound', 'not-found', (p: { id: string }) => `No image found with ID ${p.id}`);

/** A page cannot begin after an image that is not there. */
export const ImageMarkerUnknown = errorType('ImageMarkerUnknown', 'invalid', (p: { id: string }) => `No image found with ID ${p.id}`);

export const ImageIdTaken = errorType('ImageIdTaken', 'conflict', (p: { id: string }) => `Image ID ${p.id} already exists!`);

/** Data can be uploaded once, and by one at a time. */
export const ImageTransitionRefused = errorType(
  'ImageTransitionRefused',
  'conflict',
  (p: { from: string; to: string }) => `Image status transition from ${p.from} to ${p.to} is not allowed`,
);

export const ImageForbidden = errorType(
  'ImageForbidden',
  'forbidden',
  (p: { verb: string }) => `You are not permitted to ${p.verb} this image.`,
);

export const ImageProtected = errorType(
  'ImageProtected',
  'forbidden',
  (p: { id: string }) => `Image ${p.id} is protected and cannot be deleted.`,
);

export const ImageIncomplete = errorType('ImageIncomplete', 'invalid', (p: { problem: string }) => p.problem);

export const ImageTooLarge = errorType(
  'ImageTooLarge',
  'over-limit',
  (p: { maxBytes: number }) => `Denying attempt to upload image larger than ${p.maxBytes} bytes.`,
);

export const ImageStorageFull = errorType(
  'ImageStorageFull',
  'over-limit',
  () => 'There is not enough disk space on the image storage media.',
);

/** A server cannot be booted from an image without data. */
export const ImageNotActive = errorType('ImageNotActive', 'invalid', (p: { id: string }) => `Image ${p.id} is not active.`);
