/** Rows of buckets. */
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Bucket } from '../../../objects/stored-object.ts';
import type { BucketsTable } from '../../schema/objectstore.ts';
import { type ConstraintViolation, catchViolation } from '../../sql/constraint-violation.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

const bucketOf = ({ name, project_id, region, created_at }: Selectable<BucketsTable>): Bucket => ({
  name,
  projectId: project_id,
  region,
  createdAt: created_at,
});

/** Adds a bucket; undefined if somebody has the name. */
export async function insertBucket(db: CloudDb, row: Insertable<BucketsTable>): Promise<Bucket | undefined> {
  const made = await db
    .insertInto('buckets')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return made && bucketOf(made);
}

export async function findBucket(db: CloudDb, name: string): Promise<Bucket | undefined> {
  const row = await db.selectFrom('buckets').selectAll().where('name', '=', name).executeTakeFirst();
  return row && bucketOf(row);
}

/** The bucket, which stays until the transaction ends. */
export async function keepBucket(trx: InCloud, name: string): Promise<Bucket | undefined> {
  const row = await trx.selectFrom('buckets').selectAll().where('name', '=', name).forKeyShare().executeTakeFirst();
  return row && bucketOf(row);
}

export const listBuckets = async (db: CloudDb, projectId: string): Promise<readonly Bucket[]> =>
  (await db.selectFrom('buckets').selectAll().where('project_id', '=', projectId).orderBy('name').execute()).map(bucketOf);

/** Deletes a bucket without objects; its unfinished uploads end. @returns `dangling` when there are objects in it */
export async function deleteBucket(trx: InCloud, name: string): Promise<Bucket | undefined | ConstraintViolation> {
  await trx.selectFrom('buckets').select('name').where('name', '=', name).forUpdate().execute();
  await sql`
    UPDATE object_data SET upload_id = NULL, removable_at = now()
    WHERE upload_id IN (SELECT id FROM bucket_uploads WHERE bucket = ${name})`.execute(trx);
  await trx.deleteFrom('bucket_uploads').where('bucket', '=', name).execute();
  const row = await catchViolation(trx.deleteFrom('buckets').where('name', '=', name).returningAll().executeTakeFirst());
  return typeof row === 'object' ? bucketOf(row) : row;
}

/** Lets one transaction at a time count, and add to, what a project has. */
export const countAlone = async (trx: InCloud, projectId: string): Promise<void> =>
  void (await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`buckets of ${projectId}`}, 0))`.execute(trx));
