import type { Readable } from 'node:stream';
import { change, type Changing } from '../db/change.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import { keepBucket } from '../db/stores/objectstore/buckets.ts';
import { holdData } from '../db/stores/objectstore/object-data.ts';
import { findObject, lockObject, type ObjectRef, removeObject, writeObject } from '../db/stores/objectstore/stored-objects.ts';
import { objectDelete, objectWrite } from '../events/objectstore.ts';
import type { Context } from '../lib/context/context.ts';
import { codeOf } from '../lib/errors/outage.ts';
import type { ByteSpan, ObjectHeaders, StoredObject } from '../objects/stored-object.ts';
import { allow } from './access.ts';
import { checkRead, checkWrite, type ReadConditions, type WriteConditions } from './conditions.ts';
import { collect } from './data/collect.ts';
import type { Arriving } from './data/arriving.ts';
import { readData } from './data/reading.ts';
import { checkRoom, writeData } from './data/writing.ts';
import type { StoreDeps } from './deps.ts';
import { NoSuchBucket, NoSuchKey, WriteLost } from './errors.ts';
import { checkKey } from './names.ts';
import { objectMemory } from './object-memory.ts';

/** How an object is read: the span is picked when its size is known. */
export interface ReadWanted extends ReadConditions {
  readonly pick?: (sizeBytes: number) => ByteSpan | undefined;
}

/** An object, the wanted span of it, and its data, which is destroyed by whoever does not read it to its end. */
export interface OpenObject {
  readonly object: StoredObject;
  readonly span: ByteSpan | undefined;
  readonly chunks: Readable;
}

/** How often a read begins anew because the object was replaced at that moment. */
const MOST_READS = 5;

/** Objects, each whole or not there. */
export class Objects {
  readonly #deps: StoreDeps;

  constructor(deps: StoreDeps) {
    this.#deps = deps;
  }

  /** The object without its data. */
  async show(ctx: Context, ref: ObjectRef, conditions: ReadConditions = {}): Promise<StoredObject> {
    await allow(this.#deps, ctx, ref.bucket, 'objectstore:get_object');
    const object = await this.#find(ref);
    checkRead(object, conditions);
    return object;
  }

  async read(ctx: Context, ref: ObjectRef, { pick = () => undefined, ...conditions }: ReadWanted = {}): Promise<OpenObject> {
    for (let reads = 1; ; reads++) {
      const object = await this.show(ctx, ref, conditions);
      const span = pick(object.sizeBytes);
      const chunks = await readData(this.#deps, object.version, span ?? { first: 0, last: object.sizeBytes - 1 }).catch(
        (error: unknown) => {
          if (codeOf(error) === 'ENOENT' && reads < MOST_READS) return undefined;
          throw error;
        },
      );
      if (chunks) return { object, span, chunks };
      // It was replaced since it was found, and its data removed: look again.
      if (reads === MOST_READS) throw NoSuchKey({ key: ref.key });
    }
  }

  /** Writes an object, in place of what is there. */
  async write(
    ctx: Context,
    ref: ObjectRef,
    { headers, conditions = {}, ...arriving }: Arriving & { readonly headers: ObjectHeaders; readonly conditions?: WriteConditions },
  ): Promise<StoredObject> {
    const { projectId } = await allow(this.#deps, ctx, ref.bucket, 'objectstore:put_object');
    checkKey(ref.key);
    // What can be refused now is, before the data has been sent.
    const now = await findObject(this.#deps.db, ref);
    checkWrite(ref.key, now, conditions);
    const written = await writeData(this.#deps, { projectId, arriving, replacesBytes: now?.sizeBytes ?? 0 }, (data) =>
      change(ctx, { db: this.#deps.db, what: `object.write ${data.id}`, ...objectMemory }, async ({ trx, tell }) => {
        if (!(await keepBucket(trx, ref.bucket))) throw NoSuchBucket(ref);
        const before = await lockObject(trx, ref);
        checkWrite(ref.key, before, conditions);
        await checkRoom(trx, this.#deps, { projectId, moreBytes: data.sizeBytes - (before?.sizeBytes ?? 0) });
        const { sizeBytes, md5: etag, checksums } = data;
        const object = await writeObject(trx, { ...ref, version: data.id, sizeBytes, etag, headers, checksums }, before);
        if (!(await holdData(trx, data, { version: data.id }))) throw WriteLost({});
        tell(objectWrite({ ...object, projectId }));
        return object;
      }),
    );
    await collect(this.#deps).catch(() => {});
    return written;
  }

  /** Deletes objects; those that are not there are deleted already. */
  async delete(ctx: Context, bucket: string, keys: readonly string[]): Promise<void> {
    const { projectId } = await allow(this.#deps, ctx, bucket, 'objectstore:delete_object');
    // One wrong name must not come up when others are deleted already.
    keys.forEach(checkKey);
    // Always in the same order: concurrent deletions must not deadlock.
    for (const key of [...new Set(keys)].toSorted())
      await change(ctx, { db: this.#deps.db, what: `object.delete ${bucket}/${key}` }, (changing) =>
        deleteOne(changing, { bucket, key }, projectId),
      );
    await collect(this.#deps).catch(() => {});
  }

  async #find(ref: ObjectRef): Promise<StoredObject> {
    checkKey(ref.key);
    const object = await findObject(this.#deps.db, ref);
    if (!object) throw NoSuchKey({ key: ref.key });
    return object;
  }
}

async function deleteOne({ trx, tell }: Changing<CloudDb>, ref: ObjectRef, projectId: string): Promise<void> {
  const object = await lockObject(trx, ref);
  if (!object) return;
  await removeObject(trx, object);
  tell(objectDelete({ ...object, projectId }));
}
