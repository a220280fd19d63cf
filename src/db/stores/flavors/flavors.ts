import { type Selectable, sql } from 'kysely';
import type { Flavor } from '../../../objects/flavor.ts';
import type { FlavorsTable } from '../../schema/flavors.ts';
import type { Queries } from '../../sql/queries.ts';

const toFlavor = (row: Selectable<FlavorsTable>): Flavor => ({
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

/** Adds a flavor; one whose id or name is taken is left as it is and answers false. */
export async function insertFlavor(db: Queries, flavor: Flavor): Promise<boolean> {
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

/** Changes what a flavor is described as; servers that have it are not touched. @returns undefined when there is no such flavor */
export async function describeFlavor(db: Queries, id: string, description: string | null): Promise<Flavor | undefined> {
  const row = await db
    .updateTable('flavors')
    .set({ description, updated_at: sql`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row && toFlavor(row);
}

/** Removes a flavor and who may use it; servers keep their copy. @returns whether there was one */
export async function deleteFlavor(db: Queries, id: string): Promise<boolean> {
  return (await db.deleteFrom('flavors').where('id', '=', id).executeTakeFirst()).numDeletedRows > 0n;
}

/** What each sort key of the API sorts by; `id` is the order in which flavors were made. */
const sortColumns = {
  flavorid: 'id',
  id: 'number',
  name: 'name',
  description: sql<string>`coalesce(description, '')`,
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
  /** Public and granted ones of this project; every flavor there is, when null. */
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

/** @returns undefined when there is no flavor under the marker that may be seen */
export async function listFlavors(db: Queries, query: FlavorQuery): Promise<readonly Flavor[] | undefined> {
  const declared = sortColumns[query.sortKey];
  const column = typeof declared === 'string' ? sql.ref<unknown>(declared) : declared;
  let select = db.selectFrom('flavors').selectAll();
  const { visibleTo, isPublic, minDiskGb, minRamMb, name, marker } = query;
  if (visibleTo !== null)
    select = select.where((eb) =>
      eb.or([
        eb('is_public', '=', true),
        eb('id', 'in', eb.selectFrom('flavor_projects').select('flavor_id').where('project_id', '=', visibleTo)),
      ]),
    );
  if (isPublic !== undefined) select = select.where('is_public', '=', isPublic);
  if (minDiskGb !== undefined) select = select.where('root_gb', '>=', minDiskGb);
  if (minRamMb !== undefined) select = select.where('ram_mb', '>=', minRamMb);
  if (name !== undefined) select = select.where('name', '=', name);
  if (marker !== undefined) {
    if (!(await findFlavor(db, marker, visibleTo))) return undefined;
    // Compared within the database: what travels out of it and back would lose a time's microseconds.
    const beyond = query.sortDirection === 'asc' ? sql`>` : sql`<`;
    select = select.where(sql<boolean>`(${column}, number) ${beyond} (SELECT ${column}, number FROM flavors WHERE id = ${marker})`);
  }
  const rows = await select.orderBy(column, query.sortDirection).orderBy('number', query.sortDirection).limit(query.limit).execute();
  return rows.map(toFlavor);
}

/** The flavor under an API id, if it exists and the project may see it (null: everything). */
export async function findFlavor(db: Queries, id: string, visibleTo: string | null): Promise<Flavor | undefined> {
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
