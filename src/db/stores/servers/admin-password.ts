/** The administrator's password of a server, which is kept only while the guest is made or changed that is to have it. */
import type { ServerId } from '../../../objects/ids.ts';
import type { CellDb } from '../../sql/queries.ts';

/** The password that the work in progress is to set; undefined if there is none. */
export async function adminPasswordOf(db: CellDb, id: ServerId): Promise<string | undefined> {
  const row = await db.selectFrom('servers').select('admin_password').where('id', '=', id).executeTakeFirst();
  return row?.admin_password ?? undefined;
}
