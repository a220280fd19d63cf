/** Refusals of S3 requests before they reach the object store. */
import { errorType } from '../../lib/errors/error-type.ts';

export const SignatureDoesNotMatch = errorType(
  'SignatureDoesNotMatch',
  'forbidden',
  (_: object) => 'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
);

export const InvalidAccessKeyId = errorType(
  'InvalidAccessKeyId',
  'forbidden',
  (_: object) => 'The Access Key Id you provided does not exist in our records.',
);

export const RequestTimeTooSkewed = errorType(
  'RequestTimeTooSkewed',
  'forbidden',
  (_: object) => 'The difference between the request time and the current time is too large.',
);

/** What says who the caller is cannot be read. */
export const AuthorizationMalformed = errorType('AuthorizationHeaderMalformed', 'invalid', (p: { problem: string }) => p.problem);

export const AuthorizationQueryParametersError = errorType(
  'AuthorizationQueryParametersError',
  'invalid',
  (p: { problem: string }) => p.problem,
);

export const InvalidDigest = errorType('InvalidDigest', 'invalid', (_: object) => 'The Content-MD5 you specified is not valid.');

export const ContentSha256Mismatch = errorType(
  'XAmzContentSHA256Mismatch',
  'invalid',
  (_: object) => "The provided 'x-amz-content-sha256' header does not match what was computed.",
);

export const MissingContentLength = errorType(
  'MissingContentLength',
  'invalid',
  (_: object) => 'You must provide the Content-Length HTTP header.',
);

export const MalformedXml = errorType(
  'MalformedXML',
  'invalid',
  (_: object) => 'The XML you provided was not well-formed or did not validate against our published schema',
);

export const MetadataTooLarge = errorType(
  'MetadataTooLarge',
  'invalid',
  (p: { maxBytes: number }) => `Your metadata headers exceed the maximum allowed metadata size of ${p.maxBytes} bytes`,
);

export const MethodNotAllowed = errorType(
  'MethodNotAllowed',
  'invalid',
  (_: object) => 'The specified method is not allowed against this resource.',
);

export const NotImplemented = errorType(
  'NotImplemented',
  'not-implemented',
  (p: { what: string }) => `${p.what} implies functionality that is not implemented`,
);

/** A bucket has no such settings. */
export const NoSuchSetting = {
  policy: errorType('NoSuchBucketPolicy', 'not-found', (_: object) => 'The bucket policy does not exist'),
  lifecycle: errorType('NoSuchLifecycleConfiguration', 'not-found', (_: object) => 'The lifecycle configuration does not exist'),
  cors: errorType('NoSuchCORSConfiguration', 'not-found', (_: object) => 'The CORS configuration does not exist'),
  tagging: errorType('NoSuchTagSet', 'not-found', (_: object) => 'The TagSet does not exist'),
};
