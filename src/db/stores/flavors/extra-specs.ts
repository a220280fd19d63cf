import { sql } from 'kysely';
import type { Queries } from '../../sql/queries.ts';

/** Sets these extra specs of a flavor; others stay. One statement, so that writers at once do not undo each other. @returns whether there is the flavor */
export async function setExtraSpecs(db: Queries, flavorId: string, specs: Readonly<Record<string, string>>): Promise<boolean> {
  const changed = await db
    .updateTable('flavors')
    .set({ extra_specs: sql`extra_specs || ${JSON.stringify(specs)}::jsonb`, updated_at: sql`now()` })
    .where('id', '=', flavorId)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

/** @returns whether the flavor had an extra spec of that key */
export async function deleteExtraSpec(db: Queries, flavorId: string, key: string): Promise<boolean> {
  const changed = await db
    .updateTable('flavors')
    .set({ extra_specs: sql`extra_specs - ${key}::text`, updated_at: sql`now()` })
    .where('id', '=', flavorId)
    .where(sql<boolean>`jsonb_exists(extra_specs, ${key})`)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}
