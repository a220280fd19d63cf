/** The lists of a bucket's objects, in both versions. */
import type { XmlValue } from '../../../lib/xml/write-xml.ts';
import type { ListEntry } from '../../../objects/stored-object.ts';
import { InvalidArgument } from '../../../objectstore/errors.ts';
import { quoted, xmlAnswer } from '../answers/xml-answer.ts';
import type { Asked } from '../request/asked.ts';
import { encoderOf, MAX_ENTRIES } from './encoding-type.ts';
import type { Operation } from './operation.ts';

/** A page of entries, and whether there are more. */
async function pageOf(asked: Asked, after: string | undefined) {
  const limit = asked.count('max-keys', { most: MAX_ENTRIES, byDefault: MAX_ENTRIES });
  const prefix = asked.param('prefix') ?? '';
  const delimiter = asked.param('delimiter') || undefined;
  const page = { bucket: asked.bucket, prefix, delimiter, after: after === '' ? undefined : after };
  // One more than wanted tells whether there are more.
  const found = await asked.store.list(asked.ctx, { ...page, limit: limit === 0 ? 0 : limit + 1 });
  const entries = found.slice(0, limit);
  const encode = encoderOf(asked);
  const common = {
    Name: asked.bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter && encode(delimiter),
    MaxKeys: limit,
    EncodingType: asked.param('encoding-type'),
    IsTruncated: found.length > limit,
    Contents: entries.flatMap((entry) => ('object' in entry ? [contentOf(entry, encode, asked)] : [])),
    CommonPrefixes: entries.flatMap((entry) => ('prefix' in entry ? [{ Prefix: encode(entry.prefix) }] : [])),
  };
  return { common, encode, count: entries.length, last: found.length > limit ? nameOf(entries.at(-1)) : undefined };
}

const nameOf = (entry: ListEntry | undefined): string | undefined => entry && ('object' in entry ? entry.object.key : entry.prefix);

const contentOf = (
  { object }: Extract<ListEntry, { object: unknown }>,
  encode: (text: string) => string,
  { ctx, query }: Asked,
): XmlValue => ({
  Key: encode(object.key),
  LastModified: object.modifiedAt,
  ETag: quoted(object.etag),
  Size: object.sizeBytes,
  StorageClass: 'STANDARD',
  Owner:
    query.get('list-type') !== '2' || query.get('fetch-owner') === 'true' ? { ID: ctx.projectId, DisplayName: ctx.projectName } : undefined,
});

/** A token says behind which entry the next page begins. */
const tokenOf = (last: string | undefined): string | undefined => last && Buffer.from(last).toString('base64url');

function entryOf(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const entry = Buffer.from(token, 'base64url').toString('utf8');
  if (token === '' || tokenOf(entry) !== token) throw InvalidArgument({ problem: 'The continuation token provided is incorrect' });
  return entry;
}

const listV2 = async (asked: Asked) => {
  const token = asked.param('continuation-token');
  const startAfter = asked.param('start-after');
  const { common, encode, count, last } = await pageOf(asked, entryOf(token) ?? startAfter);
  return xmlAnswer('ListBucketResult', {
    ...common,
    KeyCount: count,
    ContinuationToken: token,
    NextContinuationToken: tokenOf(last),
    StartAfter: startAfter && encode(startAfter),
  });
};

const listV1 = async (asked: Asked) => {
  const marker = asked.param('marker') ?? '';
  const { common, encode, last } = await pageOf(asked, marker);
  // Without a delimiter, clients go on behind the last key.
  const next = common.Delimiter === undefined || last === undefined ? undefined : encode(last);
  return xmlAnswer('ListBucketResult', { ...common, Marker: encode(marker), NextMarker: next });
};

export const listObjects: Operation = {
  method: 'GET',
  level: 'bucket',
  run: async (asked) => await (asked.param('list-type') === '2' ? listV2 : listV1)(asked),
};
