/** What clients keep with an object, by headers. */
import type { ObjectHeaders } from '../../../objects/stored-object.ts';
import { MetadataTooLarge, NotImplemented } from '../errors.ts';
import type { Asked } from './asked.ts';

const KEPT = ['content-type', 'cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires'];
const METADATA = 'x-amz-meta-';
/** S3's bound. */
const MAX_METADATA_BYTES = 2_048;

/** What S3 gives an object whose client names no type. */
const DEFAULT_TYPE = 'binary/octet-stream';

/** The headers of a request that are kept; what it would do with others is refused. */
export function keptHeaders(asked: Asked): ObjectHeaders {
  refuseUnsupported(asked);
  const metadata = Object.keys(asked.headers).filter((name) => name.startsWith(METADATA));
  const held = Object.fromEntries([...KEPT, ...metadata].flatMap((name) => entryOf(name, asked.header(name))));
  const bytes = metadata.reduce((sum, name) => sum + name.length - METADATA.length + (held[name] ?? '').length, 0);
  if (bytes > MAX_METADATA_BYTES) throw MetadataTooLarge({ maxBytes: MAX_METADATA_BYTES });
  return { 'content-type': DEFAULT_TYPE, ...held };
}

function entryOf(name: string, value: string | undefined): [string, string][] {
  // That encoding is the body's, not the object's.
  const held = name === 'content-encoding' ? value?.replace(/\s*aws-chunked\s*,?\s*/i, '') : value;
  return held === undefined || (held === '' && !name.startsWith(METADATA)) ? [] : [[name, held]];
}

/** Headers with the values that change nothing. */
const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
  'x-amz-acl': ['private', 'bucket-owner-full-control', 'bucket-owner-read'],
  'x-amz-storage-class': ['STANDARD'],
  'x-amz-tagging': [''],
  'x-amz-server-side-encryption': [],
  'x-amz-server-side-encryption-customer-algorithm': [],
  'x-amz-website-redirect-location': [],
  'x-amz-object-lock-mode': [],
  'x-amz-object-lock-legal-hold': ['OFF'],
  'x-amz-grant-full-control': [],
  'x-amz-grant-read': [],
  'x-amz-grant-write': [],
};

/** Refuses what would be ignored although its sender relies on it. */
export function refuseUnsupported(asked: Asked): void {
  for (const [name, harmless] of Object.entries(UNSUPPORTED)) {
    const value = asked.header(name);
    if (value !== undefined && !harmless.includes(value)) throw NotImplemented({ what: `A header you provided (${name}: ${value})` });
  }
}
