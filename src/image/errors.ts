/** The errors of the image service, with Glance's messages where it has one. */
import { errorType } from '../lib/errors/error-type.ts';

export const ImageNotFound = errorType('ImageNotFound', 'not-found', (p: { id: string }) => `No image found with ID ${p.id}`);

/** The marker of a page does not exist. */
export const ImageMarkerUnknown = errorType('ImageMarkerUnknown', 'invalid', (p: { id: string }) => `No image found with ID ${p.id}`);

export const ImageIdTaken = errorType('ImageIdTaken', 'conflict', (p: { id: string }) => `Image ID ${p.id} already exists!`);

/** Data can be uploaded only once, and by one upload at a time. */
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

/** The formats describe the data: once there is data they are fixed. */
export const ImageFormatFixed = errorType(
  'ImageFormatFixed',
  'forbidden',
  (p: { attribute: string }) => `Attribute ${p.attribute} can be only replaced for a queued image.`,
);

/** An admin has deactivated the image. */
export const ImageDeactivated = errorType(
  'ImageDeactivated',
  'forbidden',
  () => 'The requested image has been deactivated. Image data download is forbidden.',
);

/** Only images with data can be deactivated or reactivated. */
export const ImageActionRefused = errorType(
  'ImageActionRefused',
  'forbidden',
  (p: { verb: string; status: string }) => `Not allowed to ${p.verb} image in status '${p.status}'`,
);

/** Too many properties, tags or members. */
export const ImageLimitExceeded = errorType(
  'ImageLimitExceeded',
  'over-limit',
  (p: { what: string; attempted: number; maximum: number }) =>
    `The limit has been exceeded on the number of allowed image ${p.what}. Attempted: ${p.attempted}, Maximum: ${p.maximum}`,
);

export const ImageTagNotFound = errorType('ImageTagNotFound', 'not-found', (p: { tag: string }) => `Tag ${p.tag} not found.`);

/** Public, private and community images are not shared with single projects. */
export const ImageNotShared = errorType('ImageNotShared', 'forbidden', () => 'Only shared images have members.');

export const ImageMemberNotFound = errorType(
  'ImageMemberNotFound',
  'not-found',
  (p: { member: string; id: string }) => `Image member ${p.member} of image ${p.id} not found.`,
);

export const ImageMemberExists = errorType(
  'ImageMemberExists',
  'conflict',
  (p: { member: string; id: string }) => `Image member ${p.member} already exists for image ${p.id}.`,
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

/** A pass that is forged, expired, or for another image. */
export const ImagePassRefused = errorType(
  'ImagePassRefused',
  'unauthenticated',
  (_: object) => 'The pass is not valid for the data of this image, or has expired.',
);
