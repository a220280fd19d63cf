/** Rows of subnet pools. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { SubnetPool } from '../../../objects/network-sharing.ts';
import type { SubnetPoolsTable } from '../../schema/network-sharing.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';
import { askedBy, type PageQuery, pageOf } from './pages.ts';
import { isSharedWith, seenBy } from './sharing.ts';

const toPool = (row: Selectable<SubnetPoolsTable> & { shared: boolean }): SubnetPool => ({
  id: row.id,
  number: row.number,
  projectId: row.project_id,
  name: row.name,
  description: row.description,
  ipVersion: row.ip_version,
  prefixes: row.prefixes,
  defaultPrefixLength: row.default_prefixlen,
  minPrefixLength: row.min_prefixlen,
  maxPrefixLength: row.max_prefixlen,
  defaultQuota: row.default_quota,
  isDefault: row.is_default,
  isShared: row.shared,
  addressScopeId: row.address_scope_id,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  revisionNumber: row.revision_number,
  tags: row.tags,
});

const select = (db: CloudDb, projectId: string | null) => {
  const all = db.selectFrom('subnet_pools').selectAll('subnet_pools').select(isSharedWith('subnet_pools', projectId).as('shared'));
  return projectId === null ? all : all.where(seenBy('subnet_pools', projectId));
};

export async function insertSubnetPool(trx: InCloud, row: Insertable<SubnetPoolsTable>): Promise<void> {
  await trx.insertInto('subnet_pools').values(row).execute();
}

/** A pool that the project sees (null: any). */
export async function findSubnetPool(db: CloudDb, id: string, projectId: string | null): Promise<SubnetPool | undefined> {
  const row = await select(db, projectId).where('subnet_pools.id', '=', id).executeTakeFirst();
  return row && toPool(row);
}

/** The pool of subnets that name none, if the project sees it (null: any). */
export async function defaultSubnetPool(db: CloudDb, ipVersion: 4 | 6, projectId: string | null): Promise<SubnetPool | undefined> {
  const row = await select(db, projectId).where('ip_version', '=', ipVersion).where('is_default', '=', true).executeTakeFirst();
  return row && toPool(row);
}

/** A page of the pools that the project sees (null: all); undefined when the marker is unknown. */
export async function listSubnetPools(db: CloudDb, query: PageQuery, projectId: string | null): Promise<readonly SubnetPool[] | undefined> {
  return (await pageOf(db, select(db, projectId), 'subnet_pools', askedBy('subnet_pools', projectId, query)))?.map(toPool);
}

/** A pool, locked until the transaction ends: nobody else takes a prefix of it meanwhile. */
export async function lockSubnetPool(trx: InCloud, id: string): Promise<SubnetPool | undefined> {
  await trx.selectFrom('subnet_pools').select('id').where('id', '=', id).forNoKeyUpdate().execute();
  return await findSubnetPool(trx, id, null);
}

export async function updateSubnetPool(trx: InCloud, id: string, changes: Updateable<SubnetPoolsTable>): Promise<SubnetPool | undefined> {
  await trx
    .updateTable('subnet_pools')
    .set({ ...changes, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  return await findSubnetPool(trx, id, null);
}

export async function deleteSubnetPool(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('subnet_pools').where('id', '=', id).execute();
}

/** The prefixes that were taken from a pool, each with the project that has it. */
export async function takenFrom(db: CloudDb, poolId: string): Promise<readonly { readonly cidr: string; readonly projectId: string }[]> {
  return await db.selectFrom('subnets').select(['cidr', 'project_id as projectId']).where('subnet_pool_id', '=', poolId).execute();
}
