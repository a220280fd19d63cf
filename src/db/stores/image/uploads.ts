/** Running uploads, and the process of each. */
import { sql } from 'kysely';
import type { ImageRow } from './images.ts';
import { isGone } from '../../sql/living-process.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

/** An upload, as recorded in its image's row. */
export interface UploadRow {
  readonly id: string;
  readonly upload: string;
  readonly uploader: string | null;
}

/** Uploads that are running, or were when their process ended; of all images, or of one. */
export async function listUploads(db: CloudDb, image?: string): Promise<readonly UploadRow[]> {
  const saving = db.selectFrom('images').select(['id', 'upload', 'uploader']).where('status', '=', 'saving');
  const rows = await saving.$if(image !== undefined, (query) => query.where('id', '=', image ?? '')).execute();
  return rows.map(({ id, upload, uploader }) => ({ id, upload: upload ?? '', uploader }));
}

/** Resets the image of an upload to `queued` if the uploading process is gone. @returns the image if it was reset */
export async function resetUpload(trx: InCloud, { id, upload, uploader }: UploadRow): Promise<ImageRow | undefined> {
  if (uploader !== null) {
    const { rows } = await sql<{ gone: boolean }>`SELECT ${isGone('image uploader', uploader)} AS gone`.execute(trx);
    if (rows[0]?.gone !== true) return undefined;
  }
  return await trx
    .updateTable('images')
    .set({ status: 'queued', upload: null, uploader: null, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('status', '=', 'saving')
    .where('upload', '=', upload)
    .returningAll()
    .executeTakeFirst();
}

/** Whether an image's data must be kept. Waits for a transaction that is changing the image, and locks it until this one ends. */
export async function isDataWanted(trx: InCloud, id: string): Promise<boolean> {
  const row = await trx.selectFrom('images').select('status').where('id', '=', id).forUpdate().executeTakeFirst();
  return row?.status === 'active' || row?.status === 'deactivated';
}

/** Those of the ids whose data must be kept; without locks. */
export async function imagesWithData(db: CloudDb, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db.selectFrom('images').select('id').where('id', 'in', ids).where('status', 'in', ['active', 'deactivated']).execute();
  return new Set(rows.map((row) => row.id));
}
