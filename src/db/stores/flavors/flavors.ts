import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { Flavor } from '../../../objects/flavor.ts';
import type { FlavorsTable } from '../../schema/flavors.ts';
import { nullsAs, readPage } from '../../sql/paging.ts';
import type { CloudDb } from '../../sql/queries.ts';
import { cannotBeStored } from '../../sql/text-pattern.ts';

/** A row as a flavor. */
export const toFlavor = (row: Selectable<FlavorsTable>): Flavor => ({
  id: row.id,
  name: row.name,
  vcpus: row.vcpus,
  ramMb: row.ram_mb,
  rootGb: row.root_gb,
  ephemeralGb: row.ephemeral_gb,
  swapMb: row.swap_mb,
  rxtxFactor: row.rxtx_factor,
  isPublic: row.is_public,
  disabled: row.disabled,
  description: row.description,
  extraSpecs: row.extra_specs,
});

/** Adds a flavor; false, without a change, when its id or name is taken. */
export async function insertFlavor(db: CloudDb, flavor: Flavor): Promise<boolean> {
  const made = await db
    .insertInto('flavors')
    .values({
      id: flavor.id,
      name: flavor.name,
      vcpus: flavor.vcpus,
      ram_mb: flavor.ramMb,
      root_gb: flavor.rootGb,
      ephemeral_gb: flavor.ephemeralGb,
      swap_mb: flavor.swapMb,
      rxtx_factor: flavor.rxtxFactor,
      is_public: flavor.isPublic,
      disabled: flavor.disabled,
      description: flavor.description,
      extra_specs: JSON.stringify(flavor.extraSpecs),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (made.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Changes a flavor's description; servers that use it keep their copy. @returns undefined when there is no such flavor */
export async function describeFlavor(db: CloudDb, id: string, description: string | null): Promise<Flavor | undefined> {
  const row = await db
    .updateTable('flavors')
    .set({ description, updated_at: sql`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row && toFlavor(row);
}

/** Deletes a flavor and its access list; servers keep their copy. @returns the deleted flavor, if it existed */
export async function deleteFlavor(db: CloudDb, id: string): Promise<Flavor | undefined> {
  const row = await db.deleteFrom('flavors').where('id', '=', id).returningAll().executeTakeFirst();
  return row && toFlavor(row);
}

/** The column of each sort key of the API; `id` is the order of creation. */
const sortColumns = {
  flavorid: 'id',
  id: 'number',
  name: 'name',
  description: nullsAs(sql`''`, sql.ref('description')),
  memory_mb: 'ram_mb',
  vcpus: 'vcpus',
  root_gb: 'root_gb',
  ephemeral_gb: 'ephemeral_gb',
  swap: 'swap_mb',
  rxtx_factor: 'rxtx_factor',
  is_public: 'is_public',
  disabled: 'disabled',
  created_at: 'created_at',
  updated_at: 'updated_at',
} as const;
export type FlavorSortKey = keyof typeof sortColumns;

/** Which flavors to list. */
export interface FlavorQuery {
  /** Public flavors and those granted to this project; null: all flavors. */
  readonly visibleTo: string | null;
  readonly isPublic?: boolean;
  readonly minDiskGb?: number;
  readonly minRamMb?: number;
  readonly name?: string;
  readonly sortKey: FlavorSortKey;
  readonly sortDirection: 'asc' | 'desc';
  readonly limit: number;
  /** The id after which the page begins. */
  readonly marker?: string;
}

/** @returns undefined when the marker is not a visible flavor */
export async function listFlavors(db: CloudDb, query: FlavorQuery): Promise<readonly Flavor[] | undefined> {
  const { visibleTo, isPublic, minDiskGb, minRamMb, name, marker, sortDirection: direction, limit } = query;
  if (cannotBeStored(marker)) return undefined;
  let select = db.selectFrom('flavors').selectAll().where(mayBeSeen(visibleTo));
  if (isPublic !== undefined) select = select.where('is_public', '=', isPublic);
  if (minDiskGb !== undefined) select = select.where('root_gb', '>=', minDiskGb);
  if (minRamMb !== undefined) select = select.where('ram_mb', '>=', minRamMb);
  if (name !== undefined) select = select.where('name', '=', name);
  const column = sortColumns[query.sortKey];
  const order = [typeof column === 'string' ? sql.ref(column) : column, sql.ref('number')].map((by) => ({ by, direction }));
  const after = marker === undefined ? undefined : { from: sql`flavors`, where: sql<SqlBool>`id = ${marker} AND ${mayBeSeen(visibleTo)}` };
  return (await readPage(db, select, { order, limit, after }))?.map(toFlavor);
}

/** Which flavors a project sees: public and granted ones; null: all. */
const mayBeSeen = (projectId: string | null): RawBuilder<SqlBool> =>
  projectId === null ? sql`true` : sql`(is_public OR id IN (SELECT flavor_id FROM flavor_projects WHERE project_id = ${projectId}))`;

/** The flavor with an API id, if it exists and the project may see it (null: all). */
export async function findFlavor(db: CloudDb, id: string, visibleTo: string | null): Promise<Flavor | undefined> {
  const row = await db.selectFrom('flavors').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  if (row.is_public || visibleTo === null) return toFlavor(row);
  const granted = await db
    .selectFrom('flavor_projects')
    .select('flavor_id')
    .where('flavor_id', '=', id)
    .where('project_id', '=', visibleTo)
    .executeTakeFirst();
  return granted && toFlavor(row);
}

/** The small number by which older clients know a flavor. */
export async function flavorNumber(db: CloudDb, id: string): Promise<number | undefined> {
  return (await db.selectFrom('flavors').select('number').where('id', '=', id).executeTakeFirst())?.number;
}
