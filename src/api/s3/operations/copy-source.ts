import type { StoredObject } from '../../../objects/stored-object.ts';
import type { Arriving } from '../../../objectstore/data/arriving.ts';
import { InvalidArgument, NotModified, PreconditionFailed } from '../../../objectstore/errors.ts';
import type { Asked } from '../request/asked.ts';
import { readConditions, spanIn } from '../request/conditions.ts';
import { decoded } from '../request/place.ts';

const PREFIX = 'x-amz-copy-source-';

/** What is copied: an object, or the wanted range of it, and the data as what arrives. */
interface Copied {
  readonly source: StoredObject;
  readonly arriving: Arriving;
}

/** Copies what the request names. Its data is closed whatever happens: many copies are refused before anything is read. */
export async function withCopied<T>(asked: Asked, copy: (copied: Copied) => Promise<T>): Promise<T> {
  const ref = sourceIn(asked.header('x-amz-copy-source') ?? '');
  const pick = (sizeBytes: number) => spanIn(asked.header(`${PREFIX}range`), sizeBytes);
  const read = asked.store.objects.read(asked.ctx, ref, { ...readConditions(asked, PREFIX), pick });
  const { object, span, chunks } = await read.catch((error: unknown) => {
    // Nothing is sent that the client could have already.
    throw NotModified.is(error) ? PreconditionFailed({ condition: `${PREFIX}if-none-match` }) : error;
  });
  const sizeBytes = span ? span.last - span.first + 1 : object.sizeBytes;
  try {
    return await copy({ source: object, arriving: { chunks, sizeBytes, algorithms: [], told: () => ({}) } });
  } finally {
    chunks.destroy();
  }
}

/** `/bucket/key`, percent-encoded, the first slash left out or not. */
function sourceIn(header: string): { readonly bucket: string; readonly key: string } {
  const [path = '', version] = header.split('?versionId=');
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path)) ?? [];
  if (bucket === undefined || key === undefined || (version !== undefined && version !== 'null'))
    throw InvalidArgument({ problem: 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey' });
  return { bucket, key };
}
