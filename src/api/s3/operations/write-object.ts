/** Writing, copying and deleting objects. */
import type { StoredObject } from '../../../objects/stored-object.ts';
import { emptyAnswer, quoted, xmlAnswer } from '../answers/xml-answer.ts';
import { writeConditions } from '../request/conditions.ts';
import { keptHeaders } from '../request/kept-headers.ts';
import { InvalidRequest } from '../../../objectstore/errors.ts';
import { withCopied } from './copy-source.ts';
import type { Operation } from './operation.ts';

const checksumHeaders = ({ checksums }: StoredObject): Record<string, string> =>
  Object.fromEntries(Object.entries(checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value]));

export const writeOperations: readonly Operation[] = [
  {
    method: 'PUT',
    level: 'object',
    run: async (asked) => {
      const wanted = { ...asked.arriving(), headers: keptHeaders(asked), conditions: writeConditions(asked) };
      const object = await asked.store.objects.write(asked.ctx, asked.ref, wanted);
      return emptyAnswer(200, { ETag: quoted(object.etag), ...checksumHeaders(object) });
    },
  },
  {
    method: 'PUT',
    level: 'object',
    header: 'x-amz-copy-source',
    run: async (asked) =>
      await withCopied(asked, async ({ source, arriving }) => {
        const directive = asked.header('x-amz-metadata-directive')?.toUpperCase() ?? 'COPY';
        if (directive === 'COPY' && source.bucket === asked.bucket && source.key === asked.key)
          throw InvalidRequest({
            problem:
              "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata.",
          });
        const own = keptHeaders(asked);
        const headers = directive === 'REPLACE' ? own : source.headers;
        const object = await asked.store.objects.write(asked.ctx, asked.ref, { ...arriving, headers, conditions: writeConditions(asked) });
        return xmlAnswer('CopyObjectResult', { LastModified: object.modifiedAt, ETag: quoted(object.etag) });
      }),
  },
  {
    method: 'DELETE',
    level: 'object',
    run: async ({ ctx, bucket, key, store }) => {
      await store.objects.delete(ctx, bucket, [key]);
      return emptyAnswer(204);
    },
  },
];
