/** Rows of objects. */
import { type Selectable, sql } from 'kysely';
import type { StoredObject } from '../../../objects/stored-object.ts';
import type { BucketObjectsTable } from '../../schema/objectstore.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

export const objectOf = (row: Selectable<BucketObjectsTable>): StoredObject => ({
  bucket: row.bucket,
  key: row.key,
  version: row.version,
  sizeBytes: row.size_bytes,
  etag: row.etag,
  headers: row.headers,
  checksums: row.checksums,
  modifiedAt: row.modified_at,
});

/** Names an object. */
export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
}

export async function findObject(db: CloudDb, { bucket, key }: ObjectRef): Promise<StoredObject | undefined> {
  const row = await db.selectFrom('bucket_objects').selectAll().where('bucket', '=', bucket).where('key', '=', key).executeTakeFirst();
  return row && objectOf(row);
}

/** The object, if there is one; nobody else writes under its name until the transaction ends. */
export async function lockObject(trx: InCloud, { bucket, key }: ObjectRef): Promise<StoredObject | undefined> {
  // The name is locked, not the row, which may not exist yet.
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`object ${bucket}/${key}`}, 0))`.execute(trx);
  return await findObject(trx, { bucket, key });
}

/** Writes an object whose name is locked. `before` is what it replaces, whose data becomes removable. */
export async function writeObject(
  trx: InCloud,
  object: Omit<StoredObject, 'modifiedAt'>,
  before: StoredObject | undefined,
): Promise<StoredObject> {
  if (before) await removeObject(trx, before);
  const row = await trx
    .insertInto('bucket_objects')
    .values({
      bucket: object.bucket,
      key: object.key,
      version: object.version,
      size_bytes: object.sizeBytes,
      etag: object.etag,
      headers: JSON.stringify(object.headers),
      checksums: JSON.stringify(object.checksums),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return objectOf(row);
}

/** Minutes that parts of a gone object stay: they are opened one by one while it is downloaded. */
const KEEP_PARTS_MINUTES = 10;

/** Deletes an object; its data becomes removable. @returns whether it was there */
export async function removeObject(trx: InCloud, { version }: Pick<StoredObject, 'version'>): Promise<boolean> {
  await sql`
    UPDATE object_data SET version = NULL, removable_at = now() + CASE
      WHEN (SELECT count(*) FROM object_data AS part WHERE part.version = ${version}) > 1 THEN make_interval(mins => ${KEEP_PARTS_MINUTES})
      ELSE interval '0' END
    WHERE version = ${version}`.execute(trx);
  const { numDeletedRows } = await trx.deleteFrom('bucket_objects').where('version', '=', version).executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
