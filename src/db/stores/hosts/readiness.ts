/** Whether hosts are ready for an upgrade, by their records. */
import { sql } from 'kysely';
import type { HostName } from '../../../objects/ids.ts';
import type { CellDb } from '../../sql/queries.ts';

interface Row {
  readonly host: HostName;
}

/** Hosts on which nothing can be placed, because they have reported nothing. */
export async function hostsWithoutInventory(db: CellDb): Promise<readonly HostName[]> {
  const { rows } = await sql<Row>`
    SELECT host FROM compute_nodes AS node WHERE NOT EXISTS (SELECT FROM inventories WHERE host = node.host) ORDER BY host`.execute(db);
  return rows.map(({ host }) => host);
}

/** Hosts that have reported an older contract than this. */
export async function hostsOlderThan(db: CellDb, contract: number): Promise<readonly HostName[]> {
  const { rows } = await sql<Row>`SELECT host FROM compute_nodes WHERE contract < ${contract} ORDER BY host`.execute(db);
  return rows.map(({ host }) => host);
}
