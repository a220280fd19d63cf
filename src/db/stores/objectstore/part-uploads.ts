/** Rows of uploads in parts, and of their parts. */
import { type Selectable, sql } from 'kysely';
import type { PartUpload, UploadedPart } from '../../../objects/stored-object.ts';
import type { BucketUploadsTable } from '../../schema/objectstore.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

const uploadOf = (row: Selectable<BucketUploadsTable>): PartUpload => ({
  id: row.id,
  bucket: row.bucket,
  key: row.key,
  headers: row.headers,
  startedAt: row.started_at,
});

export async function insertUpload(trx: InCloud, upload: Omit<PartUpload, 'startedAt'>): Promise<PartUpload> {
  const { id, bucket, key, headers } = upload;
  const values = { id, bucket, key, headers: JSON.stringify(headers) };
  return uploadOf(await trx.insertInto('bucket_uploads').values(values).returningAll().executeTakeFirstOrThrow());
}

/** Names an upload. */
export interface UploadRef {
  readonly bucket: string;
  readonly key: string;
  readonly id: string;
}

const selectUpload = (db: CloudDb, { bucket, key, id }: UploadRef) =>
  db.selectFrom('bucket_uploads').selectAll().where('id', '=', id).where('bucket', '=', bucket).where('key', '=', key);

export async function findUpload(db: CloudDb, ref: UploadRef): Promise<PartUpload | undefined> {
  const row = await selectUpload(db, ref).executeTakeFirst();
  return row && uploadOf(row);
}

/** The upload, locked: for its parts, which may come at the same time, or for its end. */
export async function lockUpload(trx: InCloud, ref: UploadRef, reason: 'part' | 'end'): Promise<PartUpload | undefined> {
  const select = selectUpload(trx, ref);
  const row = await (reason === 'end' ? select.forUpdate() : select.forShare()).executeTakeFirst();
  return row && uploadOf(row);
}

/** A part as it is stored. */
export interface StoredPart extends UploadedPart {
  readonly dataId: string;
}

/** The parts of an upload after a number, in their order. */
export async function listParts(db: CloudDb, uploadId: string, { after, limit }: { readonly after: number; readonly limit: number }) {
  const rows = await db
    .selectFrom('object_data')
    .select(['id', 'part_number', 'size_bytes', 'md5', 'written_at'])
    .where('upload_id', '=', uploadId)
    .where('part_number', '>', after)
    .orderBy('part_number')
    .limit(limit)
    .execute();
  return rows.map(
    (row): StoredPart => ({
      dataId: row.id,
      number: row.part_number,
      sizeBytes: row.size_bytes,
      md5: row.md5 ?? '',
      writtenAt: row.written_at,
    }),
  );
}

/** Lets go of the part that another one of its number replaces; only one of them does so at a time. */
export async function dropPart(trx: InCloud, uploadId: string, part: number): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`part ${part} of ${uploadId}`}, 0))`.execute(trx);
  await sql`
    UPDATE object_data SET upload_id = NULL, removable_at = now() WHERE upload_id = ${uploadId} AND part_number = ${part}`.execute(trx);
}

/** Gives the chosen parts to an object; the upload and its other parts end. */
export async function endUpload(
  trx: InCloud,
  uploadId: string,
  taken: { readonly version: string; readonly parts: readonly string[] } | undefined,
) {
  if (taken)
    await sql`
      UPDATE object_data SET upload_id = NULL, version = ${taken.version}
      WHERE upload_id = ${uploadId} AND id = ANY(${[...taken.parts]}::uuid[])`.execute(trx);
  await sql`UPDATE object_data SET upload_id = NULL, removable_at = now() WHERE upload_id = ${uploadId}`.execute(trx);
  await trx.deleteFrom('bucket_uploads').where('id', '=', uploadId).execute();
}

/** Which uploads to list. */
export interface UploadPage {
  readonly bucket: string;
  readonly prefix: string;
  /** The upload before the page, or only its name: then all uploads of that name are before it. */
  readonly after: { readonly key: string; readonly id?: string | undefined } | undefined;
  readonly limit: number;
}

/** The unfinished uploads of a bucket, by name. */
export const listUploads = async (db: CloudDb, { bucket, prefix, after, limit }: UploadPage): Promise<readonly PartUpload[]> =>
  (
    await db
      .selectFrom('bucket_uploads')
      .selectAll()
      .where('bucket', '=', bucket)
      .where(sql<boolean>`starts_with(key, ${prefix})`)
      .$if(after !== undefined, (query) =>
        query.where(
          after?.id === undefined ? sql<boolean>`key > ${after?.key ?? ''}` : sql<boolean>`(key, id) > (${after.key}, ${after.id}::uuid)`,
        ),
      )
      .orderBy('key')
      .orderBy('id')
      .limit(limit)
      .execute()
  ).map(uploadOf);
