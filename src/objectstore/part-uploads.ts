import { createHash } from 'node:crypto';
import { change } from '../db/change.ts';
import { keepBucket } from '../db/stores/objectstore/buckets.ts';
import { holdData } from '../db/stores/objectstore/object-data.ts';
import {
  dropPart,
  endUpload,
  findUpload,
  insertUpload,
  listParts,
  listUploads,
  lockUpload,
  type StoredPart,
  type UploadPage,
  type UploadRef,
} from '../db/stores/objectstore/part-uploads.ts';
import { lockObject, type ObjectRef, writeObject } from '../db/stores/objectstore/stored-objects.ts';
import { objectWrite } from '../events/objectstore.ts';
import type { Context } from '../lib/context/context.ts';
import type { ObjectHeaders, PartUpload, StoredObject, UploadedPart } from '../objects/stored-object.ts';
import { allow } from './access.ts';
import { checkWrite, type WriteConditions } from './conditions.ts';
import { collect } from './data/collect.ts';
import type { Arriving } from './data/arriving.ts';
import { checkRoom, writeData } from './data/writing.ts';
import type { StoreDeps } from './deps.ts';
import { InvalidArgument, NoSuchBucket, NoSuchUpload, WriteLost } from './errors.ts';
import { checkKey, checkListTexts } from './names.ts';
import { objectMemory } from './object-memory.ts';
import { type ChosenPart, choose, MAX_PARTS } from './chosen-parts.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Uploads of objects in parts, which arrive in any order and at the same time. */
export class PartUploads {
  readonly #deps: StoreDeps;

  constructor(deps: StoreDeps) {
    this.#deps = deps;
  }

  async begin(ctx: Context, ref: ObjectRef, headers: ObjectHeaders): Promise<PartUpload> {
    await allow(this.#deps, ctx, ref.bucket, 'objectstore:put_object');
    checkKey(ref.key);
    const id = this.#deps.ids.uuid();
    await change(ctx, { db: this.#deps.db, what: `upload.create ${id}` }, async ({ trx }) => {
      if (!(await keepBucket(trx, ref.bucket))) throw NoSuchBucket(ref);
      await insertUpload(trx, { id, ...ref, headers });
    });
    return await this.#existing({ ...ref, id });
  }

  /** Receives a part, in place of one of the same number. @returns its MD5 */
  async write(ctx: Context, ref: UploadRef, number: number, arriving: Arriving): Promise<string> {
    const { projectId } = await allow(this.#deps, ctx, ref.bucket, 'objectstore:put_object');
    if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS)
      throw InvalidArgument({ problem: `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive` });
    await this.#existing(ref);
    const md5 = await writeData(this.#deps, { projectId, arriving, replacesBytes: 0 }, (data) =>
      change(ctx, { db: this.#deps.db, what: `part.write ${data.id}` }, async ({ trx }) => {
        if (!(await lockUpload(trx, ref, 'part'))) throw NoSuchUpload(ref);
        await checkRoom(trx, this.#deps, { projectId, moreBytes: data.sizeBytes });
        await dropPart(trx, ref.id, number);
        if (!(await holdData(trx, data, { uploadId: ref.id, part: number }))) throw WriteLost({});
        return data.md5;
      }),
    );
    await collect(this.#deps).catch(() => {});
    return md5;
  }

  /** Makes the object of the chosen parts. Once it is made, asking again answers the same. */
  async complete(ctx: Context, ref: UploadRef, chosen: readonly ChosenPart[], conditions: WriteConditions): Promise<StoredObject> {
    const { projectId } = await allow(this.#deps, ctx, ref.bucket, 'objectstore:put_object');
    checkKey(ref.key);
    const what = `upload.complete ${ref.id}`;
    return await change(ctx, { db: this.#deps.db, what, ...objectMemory }, async ({ trx, tell }) => {
      const upload = UUID.test(ref.id) ? await lockUpload(trx, ref, 'end') : undefined;
      const before = await lockObject(trx, ref);
      // The answer to the first request was lost.
      if (!upload && before?.version === ref.id) return before;
      if (!upload) throw NoSuchUpload(ref);
      checkWrite(ref.key, before, conditions);
      const parts = choose(await listParts(trx, ref.id, { after: 0, limit: MAX_PARTS }), chosen);
      const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
      const { bucket, key, headers } = upload;
      const made = { bucket, key, version: ref.id, sizeBytes, etag: etagOf(parts), headers, checksums: {} };
      const object = await writeObject(trx, made, before);
      await endUpload(trx, ref.id, { version: ref.id, parts: parts.map(({ dataId }) => dataId) });
      tell(objectWrite({ ...object, projectId }));
      return object;
    });
  }

  async abort(ctx: Context, ref: UploadRef): Promise<void> {
    await allow(this.#deps, ctx, ref.bucket, 'objectstore:put_object');
    await this.#existing(ref);
    await change(ctx, { db: this.#deps.db, what: `upload.abort ${ref.id}` }, async ({ trx }) => {
      if (!(await lockUpload(trx, ref, 'end'))) throw NoSuchUpload(ref);
      await endUpload(trx, ref.id, undefined);
    });
    await collect(this.#deps).catch(() => {});
  }

  /** A page of the parts that have arrived. */
  async parts(ctx: Context, ref: UploadRef, page: { readonly after: number; readonly limit: number }): Promise<readonly UploadedPart[]> {
    await allow(this.#deps, ctx, ref.bucket, 'objectstore:get_object');
    await this.#existing(ref);
    return await listParts(this.#deps.db, ref.id, page);
  }

  /** A page of a bucket's uploads. */
  async list(ctx: Context, page: UploadPage): Promise<readonly PartUpload[]> {
    await allow(this.#deps, ctx, page.bucket, 'objectstore:list_objects');
    const { after, prefix } = page;
    checkListTexts([prefix, after?.key]);
    if (after?.id !== undefined && !UUID.test(after.id)) throw InvalidArgument({ problem: 'The upload-id-marker is not an upload id.' });
    return await listUploads(this.#deps.db, page);
  }

  async #existing(ref: UploadRef): Promise<PartUpload> {
    checkKey(ref.key);
    const upload = UUID.test(ref.id) ? await findUpload(this.#deps.db, ref) : undefined;
    if (!upload) throw NoSuchUpload(ref);
    return upload;
  }
}

/** S3's tag of an object made of parts: the hash of their hashes, and their number. */
const etagOf = (parts: readonly StoredPart[]): string =>
  `${createHash('md5')
    .update(Buffer.concat(parts.map(({ md5 }) => Buffer.from(md5, 'hex'))))
    .digest('hex')}-${parts.length}`;
