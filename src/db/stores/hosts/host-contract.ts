import type { HostName } from '../../../objects/ids.ts';
import type { CellDb } from '../../sql/queries.ts';

/** The number of the compute contract that a host reported; undefined for a host that never reported. */
export async function contractOfHost(db: CellDb, host: HostName): Promise<number | undefined> {
  const row = await db.selectFrom('compute_nodes').select('contract').where('host', '=', host).executeTakeFirst();
  return row?.contract;
}
