/** The members of images: projects that they are shared with. */
import { type Selectable, sql } from 'kysely';
import type { ImageMembersTable } from '../../schema/image.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

export type ImageMemberRow = Selectable<ImageMembersTable>;

interface Key {
  readonly imageId: string;
  readonly member: string;
}

/** Adds a member; undefined if it is one already. */
export const insertImageMember = (trx: InCloud, { imageId, member }: Key): Promise<ImageMemberRow | undefined> =>
  trx
    .insertInto('image_members')
    .values({ image_id: imageId, member, status: 'pending' })
    .onConflict((conflict) => conflict.columns(['image_id', 'member']).doNothing())
    .returningAll()
    .executeTakeFirst();

/** The members of an image, oldest first; `only` narrows them to one project. */
export const listImageMembers = (db: CloudDb, imageId: string, only?: string): Promise<ImageMemberRow[]> =>
  db
    .selectFrom('image_members')
    .selectAll()
    .where('image_id', '=', imageId)
    .$if(only !== undefined, (query) => query.where('member', '=', only ?? ''))
    .orderBy('created_at')
    .orderBy('member')
    .execute();

/** How many projects an image is shared with. */
export async function countImageMembers(db: CloudDb, imageId: string): Promise<number> {
  const row = await db
    .selectFrom('image_members')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('image_id', '=', imageId)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** Sets whether a member accepts the image; undefined when there is no such member. */
export const changeImageMember = (
  db: CloudDb,
  { imageId, member }: Key,
  status: ImageMembersTable['status'],
): Promise<ImageMemberRow | undefined> =>
  db
    .updateTable('image_members')
    .set({ status, updated_at: sql<Date>`now()` })
    .where('image_id', '=', imageId)
    .where('member', '=', member)
    .returningAll()
    .executeTakeFirst();

/** @returns the deleted member, if it existed */
export const deleteImageMember = (db: CloudDb, { imageId, member }: Key): Promise<ImageMemberRow | undefined> =>
  db.deleteFrom('image_members').where('image_id', '=', imageId).where('member', '=', member).returningAll().executeTakeFirst();

/** Deletes all members of a deleted image. @returns them */
export const deleteImageMembers = (db: CloudDb, imageId: string): Promise<readonly ImageMemberRow[]> =>
  db.deleteFrom('image_members').where('image_id', '=', imageId).returningAll().execute();
