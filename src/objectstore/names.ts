/** Which names buckets and objects may have. */
import { isPlainText } from '../lib/http/plain-text.ts';
import { InvalidArgument, InvalidBucketName, InvalidLocationConstraint, KeyTooLong } from './errors.ts';

/** As in S3: labels of lower-case letters, digits and hyphens, since the name may be a part of a host's. */
const BUCKET = /^(?=.{3,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;
/** The server answers these paths itself. */
const RESERVED = ['healthcheck'];

export function checkBucketName(bucket: string): void {
  if (!BUCKET.test(bucket) || ADDRESS.test(bucket) || RESERVED.includes(bucket)) throw InvalidBucketName({ bucket });
}

const MAX_KEY_BYTES = 1_024;

/** Any text but one with NUL, which the database cannot hold, or without a form in UTF-8. */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw KeyTooLong({});
  if (!isPlainText(key)) throw InvalidArgument({ problem: 'The key has a character that cannot be stored.' });
}

/** What lists compare keys with. */
export function checkListTexts(texts: readonly (string | undefined)[]): void {
  if (!texts.every((text = '') => isPlainText(text))) throw InvalidArgument({ problem: 'A parameter has a character that no key has.' });
}

/** Kept as the client tells it, and told in a header. */
const REGION = /^[\w-]{0,63}$/;

export function checkRegion(region: string): void {
  if (!REGION.test(region)) throw InvalidLocationConstraint({});
}
