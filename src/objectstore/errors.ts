/** Errors of the object store. Their names are the codes that S3's clients know. */
import { errorType } from '../lib/errors/error-type.ts';

interface OfBucket {
  readonly bucket: string;
}

export const NoSuchBucket = errorType('NoSuchBucket', 'not-found', (_: OfBucket) => 'The specified bucket does not exist');

export const BucketAlreadyExists = errorType(
  'BucketAlreadyExists',
  'conflict',
  (_: OfBucket) =>
    'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
);

export const BucketAlreadyOwnedByYou = errorType(
  'BucketAlreadyOwnedByYou',
  'conflict',
  (_: OfBucket) => 'Your previous request to create the named bucket succeeded and you already own it.',
);

export const BucketNotEmpty = errorType('BucketNotEmpty', 'conflict', (_: OfBucket) => 'The bucket you tried to delete is not empty');

export const InvalidBucketName = errorType('InvalidBucketName', 'invalid', (_: OfBucket) => 'The specified bucket is not valid.');

export const InvalidLocationConstraint = errorType(
  'InvalidLocationConstraint',
  'invalid',
  (_: object) => 'The specified location-constraint is not valid',
);

export const TooManyBuckets = errorType(
  'TooManyBuckets',
  'invalid',
  (p: { most: number }) => `You have attempted to create more buckets than allowed: the limit is ${p.most}.`,
);

export const AccessDenied = errorType('AccessDenied', 'forbidden', (p: { because?: string }) => p.because ?? 'Access Denied');

export const NoSuchKey = errorType('NoSuchKey', 'not-found', (_: { key: string }) => 'The specified key does not exist.');

export const KeyTooLong = errorType('KeyTooLongError', 'invalid', (_: object) => 'Your key is too long');

export const InvalidArgument = errorType('InvalidArgument', 'invalid', (p: { problem: string }) => p.problem);

export const InvalidRequest = errorType('InvalidRequest', 'invalid', (p: { problem: string }) => p.problem);

/** A condition of the request does not hold. */
export const PreconditionFailed = errorType(
  'PreconditionFailed',
  'outdated',
  (_: { condition: string }) => 'At least one of the pre-conditions you specified did not hold',
);

/** The client has the object already. */
export const NotModified = errorType('NotModified', 'outdated', (_: { etag: string; modifiedAt: Date }) => 'Not Modified');

export const InvalidRange = errorType('InvalidRange', 'invalid', (_: { sizeBytes: number }) => 'The requested range is not satisfiable');

/** The body ended too early, or went on too long. */
export const IncompleteBody = errorType(
  'IncompleteBody',
  'invalid',
  (_: object) => 'You did not provide the number of bytes specified by the Content-Length HTTP header',
);

/** The body is not what a checksum of the request says. */
export const BadDigest = errorType(
  'BadDigest',
  'invalid',
  (p: { algorithm: string }) => `The ${p.algorithm} you specified did not match the calculated checksum.`,
);

export const EntityTooLarge = errorType(
  'EntityTooLarge',
  'invalid',
  (p: { maxBytes: number }) => `Your proposed upload exceeds the maximum allowed size of ${p.maxBytes} bytes`,
);

export const EntityTooSmall = errorType(
  'EntityTooSmall',
  'invalid',
  (_: { part: number }) => 'Your proposed upload is smaller than the minimum allowed size',
);

/** The project has no room for more. */
export const QuotaExceeded = errorType(
  'QuotaExceeded',
  'over-limit',
  (p: { gigabytes: number }) => `The objects of a project may take ${p.gigabytes} GiB.`,
);

export const NoSuchUpload = errorType(
  'NoSuchUpload',
  'not-found',
  (_: { id: string }) =>
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
);

export const InvalidPart = errorType(
  'InvalidPart',
  'invalid',
  (_: { part: number }) =>
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
);

export const InvalidPartOrder = errorType(
  'InvalidPartOrder',
  'invalid',
  (_: object) => 'The list of parts was not in ascending order. Parts must be ordered by part number.',
);

/** The disk is full. */
export const StorageFull = errorType(
  'ServiceUnavailable',
  'unavailable',
  (_: object) => 'The store has no room for this. Please try again later.',
);

/** The writer was taken for dead, since its session of the database broke. */
export const WriteLost = errorType('SlowDown', 'unavailable', (_: object) => 'The upload was interrupted. Please try again.');
