/** Rows of images. The image api decides who may see what, and passes it here as a `Sight`. */
import { type Expression, type Insertable, type Selectable, type SqlBool, sql, type Updateable } from 'kysely';
import type { ImageMembersTable, ImagesTable } from '../../schema/image.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

export type ImageRow = Selectable<ImagesTable>;

/** Which images are visible: all, or those that a project may see. */
export type Sight =
  | { readonly all: true }
  | {
      readonly project: string;
      /** Whether to include community images. */
      readonly community: boolean;
      /** Include images shared with the project whose membership has this status. */
      readonly shared: ImageMembersTable['status'] | 'all';
    };

type OptionalColumn = 'name' | 'protected' | 'hidden' | 'disk_format' | 'container_format' | 'min_disk_gb' | 'min_ram_mb';

type NewRow = Partial<Pick<Insertable<ImagesTable>, OptionalColumn>> &
  Pick<Insertable<ImagesTable>, 'id' | 'owner' | 'visibility'> & {
    readonly tags: readonly string[];
    readonly properties: Readonly<Record<string, string>>;
  };

/** Adds a queued image; undefined if the id was ever used. */
export async function insertImage(db: CloudDb, row: NewRow): Promise<ImageRow | undefined> {
  const { tags, properties, ...columns } = row;
  return await db
    .insertInto('images')
    .values({
      name: null,
      protected: false,
      hidden: false,
      disk_format: null,
      container_format: null,
      min_disk_gb: 0,
      min_ram_mb: 0,
      ...columns,
      status: 'queued',
      tags: JSON.stringify(tags),
      properties: JSON.stringify(properties),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** An image that exists and is visible. */
export const findImage = (db: CloudDb, id: string, sight: Sight): Promise<ImageRow | undefined> =>
  db.selectFrom('images').selectAll().where('id', '=', id).where('status', '!=', 'deleted').where(visibleTo(sight)).executeTakeFirst();

/** The image, locked until the transaction ends. */
export const lockImage = (trx: InCloud, id: string): Promise<ImageRow | undefined> =>
  trx.selectFrom('images').selectAll().where('id', '=', id).where('status', '!=', 'deleted').forUpdate().executeTakeFirst();

/** The status of an image, also of a deleted one. */
export const imageStatus = async (db: CloudDb, id: string): Promise<ImagesTable['status'] | undefined> =>
  (await db.selectFrom('images').select('status').where('id', '=', id).executeTakeFirst())?.status;

/** Changes a row if it is in one of the states; otherwise undefined. */
export const changeImage = (
  db: CloudDb,
  from: { readonly id: string; readonly status: readonly ImagesTable['status'][]; readonly upload?: string },
  changes: Updateable<ImagesTable>,
): Promise<ImageRow | undefined> =>
  db
    .updateTable('images')
    .set({ ...changes, updated_at: sql<Date>`now()` })
    .where('id', '=', from.id)
    .where('status', 'in', from.status)
    .$if(from.upload !== undefined, (query) => query.where('upload', '=', from.upload ?? ''))
    .returningAll()
    .executeTakeFirst();

/** Marks an unprotected image as deleted. The row stays, so that its id is never reused. @returns whether it was */
export async function markImageDeleted(db: CloudDb, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('images')
    .set({ status: 'deleted', upload: null, uploader: null, deleted_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('status', '!=', 'deleted')
    .where('protected', '=', false)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** The condition for visible rows: the one place that says who sees which image. */
export function visibleTo(sight: Sight): Expression<SqlBool> {
  if ('all' in sight) return sql<SqlBool>`true`;
  const { project, community, shared } = sight;
  const open = community ? sql<SqlBool>`visibility IN ('public', 'community')` : sql<SqlBool>`visibility = 'public'`;
  const inState = shared === 'all' ? sql`` : sql`AND sharing.status = ${shared}`;
  const isShared = sql<SqlBool>`visibility = 'shared' AND EXISTS (
    SELECT FROM image_members AS sharing WHERE sharing.image_id = images.id AND sharing.member = ${project} ${inState})`;
  return sql<SqlBool>`(owner = ${project} OR ${open} OR (${isShared}))`;
}
