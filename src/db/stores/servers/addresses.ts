import { type Expression, sql } from 'kysely';
import type { ServerId } from '../../../objects/ids.ts';
import type { ServerAddresses } from '../../../objects/network-info.ts';
import type { CellDb } from '../../sql/queries.ts';

/** Saves a server's addresses, unless a higher version is stored or the server is gone. */
export async function saveAddresses(db: CellDb, serverId: ServerId, { networkInfo, version }: ServerAddresses): Promise<void> {
  await db
    .updateTable('servers')
    .set({ network_info: JSON.stringify(networkInfo), addresses_version: version, updated_at: sql`now()` })
    .where('id', '=', serverId)
    .where('vm_state', '<>', 'deleted')
    .where('addresses_version', '<', version)
    .execute();
}

/** The same, as part of a larger update of the server's row. */
export const ifNewer = ({ networkInfo, version }: ServerAddresses): NewerAddresses => ({
  network_info: sql`CASE WHEN addresses_version < ${version}::bigint THEN ${JSON.stringify(networkInfo)}::jsonb ELSE network_info END`,
  addresses_version: sql`greatest(addresses_version, ${version}::bigint)`,
});

/** What `ifNewer` returns. */
export interface NewerAddresses {
  /** JSON. */
  readonly network_info: Expression<string>;
  readonly addresses_version: Expression<number>;
}
