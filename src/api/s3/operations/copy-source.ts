import type { StoredObject } from '../../../objects/stored-object.ts';
import type { Arriving } from '../../../objectstore/data/arriving.ts';
import { InvalidArgument } from '../../../objectstore/errors.ts';
import type { Asked } from '../request/asked.ts';
import { readConditions, spanIn } from '../request/conditions.ts';
import { decoded } from '../request/place.ts';

const PREFIX = 'x-amz-copy-source-';

/** The object that is copied, or the wanted range of it, and its data as what arrives. */
export async function copiedData(asked: Asked): Promise<{ readonly source: StoredObject; readonly arriving: Arriving }> {
  const ref = sourceIn(asked.header('x-amz-copy-source') ?? '');
  const pick = (sizeBytes: number) => spanIn(asked.header(`${PREFIX}range`), sizeBytes);
  const { object, span, chunks } = await asked.store.objects.read(asked.ctx, ref, { ...readConditions(asked, PREFIX), pick });
  const sizeBytes = span ? span.last - span.first + 1 : object.sizeBytes;
  return { source: object, arriving: { chunks, sizeBytes, algorithms: [], told: () => ({}) } };
}

/** `/bucket/key`, percent-encoded, the first slash left out or not. */
function sourceIn(header: string): { readonly bucket: string; readonly key: string } {
  const [path = '', version] = header.split('?versionId=');
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path)) ?? [];
  if (bucket === undefined || key === undefined || (version !== undefined && version !== 'null'))
    throw InvalidArgument({ problem: 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey' });
  return { bucket, key };
}
