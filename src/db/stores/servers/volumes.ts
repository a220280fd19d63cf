/** The volumes in the rows of servers. */
import { sql } from 'kysely';
import type { ServerId } from '../../../objects/ids.ts';
import type { CellDb } from '../../sql/queries.ts';

/** Takes a volume from the record of its server; a no-op without it. */
export async function dropVolume(db: CellDb, serverId: ServerId, attachmentId: string): Promise<void> {
  await db
    .updateTable('servers')
    .set({
      volumes: sql`(SELECT coalesce(jsonb_agg(one ORDER BY place), '[]') FROM jsonb_array_elements(volumes) WITH ORDINALITY AS held(one, place)
        WHERE one->>'attachmentId' <> ${attachmentId})`,
      updated_at: sql`now()`,
    })
    .where('id', '=', serverId)
    .where(sql<boolean>`volumes @> ${JSON.stringify([{ attachmentId }])}::jsonb`)
    .execute();
}
