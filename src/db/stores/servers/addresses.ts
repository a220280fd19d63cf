import { sql } from 'kysely';
import type { ServerId } from '../../../objects/ids.ts';
import type { NetworkInfo } from '../../../objects/network-info.ts';
import type { InTransaction } from '../../sql/queries.ts';

/**
 * Writes down what addresses a server has. False where the server is in the middle of something, which may write them down itself,
 * or is not there (any more).
 */
export async function saveAddresses(trx: InTransaction, serverId: ServerId, networkInfo: NetworkInfo): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('servers')
    .set({ network_info: JSON.stringify(networkInfo), updated_at: sql`now()` })
    .where('id', '=', serverId)
    .where('task_state', 'is', null)
    .where('vm_state', '<>', 'deleted')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
