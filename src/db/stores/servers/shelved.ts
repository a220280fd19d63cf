/** Servers that were shelved, and the images that they are started from. */
import { sql } from 'kysely';
import { asId, type ImageId, type ServerId } from '../../../objects/ids.ts';
import type { CellDb } from '../../sql/queries.ts';

/** Forgets the image of a server that is not shelved any more, unless it has another one by now. */
export async function forgetShelved(db: CellDb, { serverId, imageId }: { serverId: ServerId; imageId: ImageId | null }): Promise<void> {
  await db
    .updateTable('servers')
    .set({ shelved: null, updated_at: sql`now()` })
    .where('id', '=', serverId)
    .where(sql<boolean>`shelved ->> 'imageId' IS NOT DISTINCT FROM ${imageId}`)
    .execute();
}

/** Idle servers that have been shelved on their hosts since before a time, longest first. */
export async function shelvedBefore(
  db: CellDb,
  { before, limit }: { readonly before: Date; readonly limit: number },
): Promise<readonly ServerId[]> {
  const rows = await db
    .selectFrom('servers')
    .select('id')
    .where('vm_state', '=', 'shelved')
    .where('task_state', 'is', null)
    .where(sql<boolean>`shelved ->> 'at' < ${before.toISOString()}`)
    .orderBy(sql`shelved ->> 'at'`)
    .limit(limit)
    .execute();
  return rows.map(({ id }) => asId<ServerId>(id));
}
