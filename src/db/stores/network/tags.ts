/** The tags of networks, subnets and all else that has tags. */
import { sql } from 'kysely';
import type { InCloud } from '../../sql/queries.ts';

/** The tables whose rows have tags. */
export type TaggedTable =
  | 'networks'
  | 'subnets'
  | 'ports'
  | 'security_groups'
  | 'routers'
  | 'floating_ips'
  | 'subnet_pools'
  | 'qos_policies';

/** The tags and the revision of a row, which is locked until the transaction ends; undefined when it is gone. */
export async function lockTags(
  trx: InCloud,
  table: TaggedTable,
  id: string,
): Promise<{ readonly tags: readonly string[]; readonly revisionNumber: number } | undefined> {
  const select = trx.selectFrom(table).select(['tags', 'revision_number as revisionNumber']);
  return await select.where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
}

export async function writeTags(trx: InCloud, table: TaggedTable, id: string, tags: readonly string[]): Promise<void> {
  await trx.updateTable(table).set({ tags, updated_at: sql<Date>`now()` }).where('id', '=', id).execute();
}
