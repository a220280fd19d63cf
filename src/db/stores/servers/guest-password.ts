/** The password that a guest chose for itself and posted, encrypted for its owner. */
import type { ServerId } from '../../../objects/ids.ts';
import type { CellDb } from '../../sql/queries.ts';

/** What the server's guest has posted; undefined if nothing. */
export async function guestPasswordOf(db: CellDb, id: ServerId): Promise<string | undefined> {
  const row = await db.selectFrom('servers').select('guest_password').where('id', '=', id).executeTakeFirst();
  return row?.guest_password ?? undefined;
}
