/** The volumes in the rows of servers. */
import { sql } from 'kysely';
import type { ServerId } from '../../../objects/ids.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';

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

/** Whether a server's record lists the volume. Nobody else who asks lists it until the transaction ends. */
export async function isPromised(trx: InCell, volumeId: string): Promise<boolean> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('volume ' || ${volumeId}, 0))`.execute(trx);
  // Its own statement, after the lock: it sees what was written under it before.
  const one = await trx
    .selectFrom('servers')
    .select('id')
    .where('vm_state', '<>', 'deleted')
    // As the index has it, which has none of the servers without volumes.
    .where(sql<boolean>`volumes <> '[]'`)
    .where(sql<boolean>`volumes @> ${JSON.stringify([{ volumeId }])}::jsonb`)
    .limit(1)
    .executeTakeFirst();
  return one !== undefined;
}
