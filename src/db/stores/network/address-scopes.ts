/** Rows of address scopes. */
import { type Insertable, type Selectable, sql } from 'kysely';
import type { AddressScope } from '../../../objects/network-sharing.ts';
import type { AddressScopesTable } from '../../schema/network-sharing.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';
import { askedBy, type PageQuery, pageOf } from './pages.ts';
import { isSharedWith, seenBy } from './sharing.ts';

const toScope = (row: Selectable<AddressScopesTable> & { shared: boolean }): AddressScope => ({
  id: row.id,
  number: row.number,
  projectId: row.project_id,
  name: row.name,
  ipVersion: row.ip_version,
  isShared: row.shared,
});

const select = (db: CloudDb, projectId: string | null) => {
  const all = db.selectFrom('address_scopes').selectAll('address_scopes').select(isSharedWith('address_scopes', projectId).as('shared'));
  return projectId === null ? all : all.where(seenBy('address_scopes', projectId));
};

export async function insertAddressScope(trx: InCloud, row: Insertable<AddressScopesTable>): Promise<void> {
  await trx.insertInto('address_scopes').values(row).execute();
}

/** A scope that the project sees (null: any). */
export async function findAddressScope(db: CloudDb, id: string, projectId: string | null): Promise<AddressScope | undefined> {
  const row = await select(db, projectId).where('address_scopes.id', '=', id).executeTakeFirst();
  return row && toScope(row);
}

/** A page of the scopes that the project sees (null: all); undefined when the marker is unknown. */
export async function listAddressScopes(
  db: CloudDb,
  query: PageQuery,
  projectId: string | null,
): Promise<readonly AddressScope[] | undefined> {
  return (await pageOf(db, select(db, projectId), 'address_scopes', askedBy('address_scopes', projectId, query)))?.map(toScope);
}

/** Locks a scope until the transaction ends: nobody else changes the pools in it meanwhile. @returns whether it exists */
export async function lockAddressScope(trx: InCloud, id: string): Promise<boolean> {
  return (await trx.selectFrom('address_scopes').select('id').where('id', '=', id).forUpdate().executeTakeFirst()) !== undefined;
}

export async function renameAddressScope(trx: InCloud, id: string, name: string): Promise<void> {
  await trx.updateTable('address_scopes').set({ name }).where('id', '=', id).execute();
}

export async function deleteAddressScope(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('address_scopes').where('id', '=', id).execute();
}

/** The prefixes of the pools in a scope, but one of them. */
export async function prefixesInScope(db: CloudDb, id: string, exceptPoolId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ prefix: string }>`
    SELECT jsonb_array_elements_text(prefixes) AS prefix FROM subnet_pools WHERE address_scope_id = ${id} AND id <> ${exceptPoolId}`.execute(
    db,
  );
  return rows.map(({ prefix }) => prefix);
}

export async function countPoolsInScope(db: CloudDb, id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM subnet_pools WHERE address_scope_id = ${id}`.execute(db);
  return rows[0]?.n ?? 0;
}
