import { sql } from 'kysely';
import type { Flavor } from '../../../objects/flavor.ts';
import type { CloudDb } from '../../sql/queries.ts';
import { toFlavor } from './flavors.ts';

/** Sets these extra specs of a flavor; others stay. One statement, so that writers at once do not undo each other. @returns the flavor, if there is one */
export async function setExtraSpecs(db: CloudDb, flavorId: string, specs: Readonly<Record<string, string>>): Promise<Flavor | undefined> {
  const row = await db
    .updateTable('flavors')
    .set({ extra_specs: sql`extra_specs || ${JSON.stringify(specs)}::jsonb`, updated_at: sql`now()` })
    .where('id', '=', flavorId)
    .returningAll()
    .executeTakeFirst();
  return row && toFlavor(row);
}

/** @returns the flavor, if it had an extra spec of that key */
export async function deleteExtraSpec(db: CloudDb, flavorId: string, key: string): Promise<Flavor | undefined> {
  const row = await db
    .updateTable('flavors')
    .set({ extra_specs: sql`extra_specs - ${key}::text`, updated_at: sql`now()` })
    .where('id', '=', flavorId)
    .where(sql<boolean>`jsonb_exists(extra_specs, ${key})`)
    .returningAll()
    .executeTakeFirst();
  return row && toFlavor(row);
}
