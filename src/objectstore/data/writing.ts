import { countAlone } from '../../db/stores/objectstore/buckets.ts';
import { announceData, bytesOf, dropWritten, type WrittenData } from '../../db/stores/objectstore/object-data.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import type { StoreDeps } from '../deps.ts';
import { EntityTooLarge, QuotaExceeded } from '../errors.ts';
import type { Arriving } from './arriving.ts';
import { collect } from './collect.ts';
import { type Bound, Measure } from './measure.ts';

/** 5 TiB, as in S3. */
const MAX_BYTES = 5 * 1024 ** 4;
const GIB = 1024 ** 3;

/**
 * Writes data to a file that something then holds, or removes it. The file is announced before its first byte, under this process's name, and
 * belongs to an object only once the transaction says so that gives it one: whatever dies when, an object has all of its data.
 */
export async function writeData<T>(
  deps: StoreDeps,
  { arriving, ...place }: Place & { readonly arriving: Arriving },
  hold: (written: WrittenData) => Promise<T>,
): Promise<T> {
  const { db, store, ids, writer } = deps;
  return await writer.during(async () => {
    const bound = await boundOf(deps, place);
    if ((arriving.sizeBytes ?? 0) > bound.bytes) throw bound.refusal();
    const id = ids.uuid();
    await announceData(db, { id, projectId: place.projectId, writer: writer.name });
    try {
      const measure = new Measure(arriving, bound);
      await store.write(id, measure.through());
      return await hold({ id, writer: writer.name, ...measure.result() });
    } catch (error) {
      // If the database is down, the next collection finds that this process has let go of it, or has died.
      await dropWritten(db, id)
        .then(() => collect(deps))
        .catch(() => {});
      throw error;
    }
  });
}

/** Whose data it is, and how many bytes of theirs it replaces. */
interface Place {
  readonly projectId: string;
  readonly replacesBytes: number;
}

/** How many bytes may still be written. */
async function boundOf({ db, limits: { gigabytes } }: StoreDeps, { projectId, replacesBytes }: Place): Promise<Bound> {
  const room = gigabytes < 0 ? Number.POSITIVE_INFINITY : gigabytes * GIB - (await bytesOf(db, projectId)) + replacesBytes;
  return room < MAX_BYTES
    ? { bytes: Math.max(room, 0), refusal: () => QuotaExceeded({ gigabytes }) }
    : { bytes: MAX_BYTES, refusal: () => EntityTooLarge({ maxBytes: MAX_BYTES }) };
}

/** Refuses data that does not fit beside what the project has now; of several at a time each counts those before it. */
export async function checkRoom(
  trx: InCloud,
  { limits }: Pick<StoreDeps, 'limits'>,
  { projectId, moreBytes }: { readonly projectId: string; readonly moreBytes: number },
): Promise<void> {
  if (limits.gigabytes < 0) return;
  await countAlone(trx, projectId);
  if ((await bytesOf(trx, projectId)) + moreBytes > limits.gigabytes * GIB) throw QuotaExceeded({ gigabytes: limits.gigabytes });
}
