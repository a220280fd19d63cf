/** Rows of the files with data: who writes one, what holds it, and which may be removed. */
import { sql } from 'kysely';
import type { Checksums } from '../../../objects/stored-object.ts';
import { isGone } from '../../sql/living-process.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

/** What was measured while the data was written. */
export interface Measured {
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
  readonly checksums: Checksums;
}

/** A file that has been written. */
export interface WrittenData extends Measured {
  readonly id: string;
  readonly writer: string;
}

/** Announces a file, before its first byte. */
export async function announceData(
  db: CloudDb,
  data: { readonly id: string; readonly projectId: string; readonly writer: string },
): Promise<void> {
  await db.insertInto('object_data').values({ id: data.id, project_id: data.projectId, writer: data.writer }).execute();
}

/** What holds data from now on: an object, or an upload in parts. */
type Holder = { readonly version: string } | { readonly uploadId: string; readonly part: number };

/** Gives written data to its holder. @returns false if its writer was taken for dead meanwhile */
export async function holdData(trx: InCloud, { id, writer, sizeBytes, md5, checksums }: WrittenData, holder: Holder): Promise<boolean> {
  const columns = 'version' in holder ? { version: holder.version } : { upload_id: holder.uploadId, part_number: holder.part };
  const { numUpdatedRows } = await trx
    .updateTable('object_data')
    .set({ ...columns, writer: null, size_bytes: sizeBytes, md5, checksums: JSON.stringify(checksums), written_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('writer', '=', writer)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Gives up data that nothing will hold. */
export const dropWritten = async (db: CloudDb, id: string): Promise<void> =>
  void (await db
    .updateTable('object_data')
    .set({ writer: null, removable_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('writer', 'is not', null)
    .execute());

/** A piece of an object's data. */
export interface DataPiece {
  readonly id: string;
  readonly sizeBytes: number;
}

/** The pieces of an object in their order. */
export const piecesOf = async (db: CloudDb, version: string): Promise<readonly DataPiece[]> =>
  await db
    .selectFrom('object_data')
    .select(['id', 'size_bytes as sizeBytes'])
    .where('version', '=', version)
    .orderBy('part_number')
    .execute();

/** The bytes that the objects and parts of a project take. */
export async function bytesOf(db: CloudDb, projectId: string): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    SELECT coalesce(sum(size_bytes), 0)::float8 AS bytes FROM object_data WHERE project_id = ${projectId} AND removable_at IS NULL`.execute(
    db,
  );
  return rows[0]?.bytes ?? 0;
}

/** Lets the files of writers that are gone be removed. @returns how many */
export async function dropAbandoned(db: CloudDb): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    UPDATE object_data SET writer = NULL, removable_at = now()
    WHERE writer IN (SELECT name FROM (SELECT DISTINCT writer AS name FROM object_data WHERE writer IS NOT NULL) AS writers
      WHERE ${isGone('object writer', sql<string>`name`)})`.execute(db);
  return Number(numAffectedRows);
}

/** Files that may be removed, locked until the transaction ends; others that ask get others. */
export const removableData = async (trx: InCloud, most: number): Promise<readonly string[]> =>
  (
    await trx
      .selectFrom('object_data')
      .select('id')
      .where('removable_at', '<=', sql<Date>`now()`)
      .orderBy('removable_at')
      .limit(most)
      .forUpdate()
      .skipLocked()
      .execute()
  ).map(({ id }) => id);

/** Forgets files that are removed. */
export const forgetData = async (trx: InCloud, ids: readonly string[]): Promise<void> =>
  void (await trx.deleteFrom('object_data').where('id', 'in', ids).execute());

/** Those of the files that have a row. */
export const knownData = async (db: CloudDb, ids: readonly string[]): Promise<ReadonlySet<string>> =>
  new Set((await db.selectFrom('object_data').select('id').where('id', 'in', ids).execute()).map(({ id }) => id));

/** Whether there is data of any object. */
export const keepsData = async (db: CloudDb): Promise<boolean> =>
  (await db.selectFrom('object_data').select('id').limit(1).executeTakeFirst()) !== undefined;
