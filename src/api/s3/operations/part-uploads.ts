/** Uploads in parts. */
import { fieldsIn, textOf, type XmlFields } from '../../../lib/xml/read-xml.ts';
import { InvalidRequest } from '../../../objectstore/errors.ts';
import { emptyAnswer, quoted, xmlAnswer } from '../answers/xml-answer.ts';
import { MalformedXml } from '../errors.ts';
import type { Asked } from '../request/asked.ts';
import { writeConditions } from '../request/conditions.ts';
import { keptHeaders } from '../request/kept-headers.ts';
import { withCopied } from './copy-source.ts';
import { encoderOf, MAX_ENTRIES } from './encoding-type.ts';
import type { Operation } from './operation.ts';

const uploadOf = (asked: Asked) => ({ ...asked.ref, id: asked.param('uploadId') ?? '' });

function partOf(asked: Asked): number {
  const number = asked.param('partNumber');
  if (number === undefined) throw InvalidRequest({ problem: 'The request needs the parameter partNumber.' });
  return /^\d{1,6}$/.test(number) ? Number(number) : 0;
}

const MAX_LISTED = 10_000;

function chosenIn(wanted: XmlFields | undefined) {
  const parts = wanted ? fieldsIn(wanted, 'Part') : [];
  if (parts.length === 0 || parts.length > MAX_LISTED) throw MalformedXml({});
  return parts.map((part) => {
    const [number, etag] = [textOf(part, 'PartNumber')?.trim(), textOf(part, 'ETag')?.trim()];
    if (number === undefined || etag === undefined || !/^\d{1,6}$/.test(number)) throw MalformedXml({});
    return { number: Number(number), etag: etag.replaceAll('"', '') };
  });
}

export const partUploadOperations: readonly Operation[] = [
  {
    method: 'POST',
    level: 'object',
    parameter: 'uploads',
    run: async (asked) => {
      const upload = await asked.store.uploads.begin(asked.ctx, asked.ref, keptHeaders(asked));
      return xmlAnswer('InitiateMultipartUploadResult', { Bucket: upload.bucket, Key: upload.key, UploadId: upload.id });
    },
  },
  {
    method: 'PUT',
    level: 'object',
    parameter: 'uploadId',
    run: async (asked) => {
      const md5 = await asked.store.uploads.write(asked.ctx, uploadOf(asked), partOf(asked), asked.arriving());
      return emptyAnswer(200, { ETag: quoted(md5) });
    },
  },
  {
    method: 'PUT',
    level: 'object',
    parameter: 'uploadId',
    header: 'x-amz-copy-source',
    run: async (asked) =>
      await withCopied(asked, async ({ arriving, source }) => {
        const md5 = await asked.store.uploads.write(asked.ctx, uploadOf(asked), partOf(asked), arriving);
        return xmlAnswer('CopyPartResult', { LastModified: source.modifiedAt, ETag: quoted(md5) });
      }),
  },
  {
    method: 'POST',
    level: 'object',
    parameter: 'uploadId',
    run: async (asked) => {
      const chosen = chosenIn(await asked.xml('CompleteMultipartUpload'));
      const object = await asked.store.uploads.complete(asked.ctx, uploadOf(asked), chosen, writeConditions(asked));
      const { bucket, key, etag } = object;
      const location = `${asked.origin}/${bucket}/${encodeURIComponent(key).replaceAll('%2F', '/')}`;
      return xmlAnswer('CompleteMultipartUploadResult', { Location: location, Bucket: bucket, Key: key, ETag: quoted(etag) });
    },
  },
  {
    method: 'DELETE',
    level: 'object',
    parameter: 'uploadId',
    run: async (asked) => {
      await asked.store.uploads.abort(asked.ctx, uploadOf(asked));
      return emptyAnswer(204);
    },
  },
  {
    method: 'GET',
    level: 'object',
    parameter: 'uploadId',
    run: async (asked) => {
      const limit = asked.count('max-parts', { most: MAX_ENTRIES, byDefault: MAX_ENTRIES });
      const after = asked.count('part-number-marker', { most: MAX_LISTED, byDefault: 0 });
      const upload = uploadOf(asked);
      const found = await asked.store.uploads.parts(asked.ctx, upload, { after, limit: limit + 1 });
      const parts = found.slice(0, limit);
      return xmlAnswer('ListPartsResult', {
        Bucket: upload.bucket,
        Key: encoderOf(asked)(upload.key),
        UploadId: upload.id,
        PartNumberMarker: after,
        NextPartNumberMarker: found.length > limit ? parts.at(-1)?.number : undefined,
        MaxParts: limit,
        IsTruncated: found.length > limit,
        Part: parts.map(({ number, writtenAt, md5, sizeBytes }) => ({
          PartNumber: number,
          LastModified: writtenAt,
          ETag: quoted(md5),
          Size: sizeBytes,
        })),
        StorageClass: 'STANDARD',
      });
    },
  },
  {
    method: 'GET',
    level: 'bucket',
    parameter: 'uploads',
    run: async (asked) => {
      const limit = asked.count('max-uploads', { most: MAX_ENTRIES, byDefault: MAX_ENTRIES });
      const [prefix, key] = [asked.param('prefix') ?? '', asked.param('key-marker')];
      const after = key === undefined || key === '' ? undefined : { key, id: asked.param('upload-id-marker') || undefined };
      const found = await asked.store.uploads.list(asked.ctx, { bucket: asked.bucket, prefix, after, limit: limit + 1 });
      const uploads = found.slice(0, limit);
      const last = found.length > limit ? uploads.at(-1) : undefined;
      const encode = encoderOf(asked);
      return xmlAnswer('ListMultipartUploadsResult', {
        Bucket: asked.bucket,
        KeyMarker: encode(key ?? ''),
        UploadIdMarker: asked.param('upload-id-marker') ?? '',
        NextKeyMarker: last && encode(last.key),
        NextUploadIdMarker: last?.id,
        Prefix: encode(prefix),
        EncodingType: asked.param('encoding-type'),
        MaxUploads: limit,
        IsTruncated: found.length > limit,
        Upload: uploads.map(({ key: name, id, startedAt }) => ({
          Key: encode(name),
          UploadId: id,
          Initiated: startedAt,
          StorageClass: 'STANDARD',
        })),
      });
    },
  },
];
