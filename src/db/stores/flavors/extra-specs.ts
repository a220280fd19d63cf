import { sql } from 'kysely';
import type { Flavor } from '../../../objects/flavor.ts';
import type { CloudDb } from '../../sql/queries.ts';
import { toFlavor } from './flavors.ts';

/** Sets these extra specs, in one statement so that concurrent writers do not undo each other; others stay. @returns the flavor, if it exists */
export async function setExtraSpecs(db: CloudDb, flavorId: string, specs: Readonly<Record<string, string>>): Promise<Flavor | undefined> {
  const row = await db
    .updateTable('flavors')
    .set({ extra_specs: sql`extra_specs || ${JSON.stringify(specs)}::jsonb`, updated_at: sql`now()` })
    .where('id', '=', flavorId)
    .returningAll()
    .executeTakeFirst();
  return row && toFlavor(row);
}

/** @returns the flavor, if it had that extra spec */
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
