import type { CloudDb } from '../../sql/queries.ts';

/** A secret of the whole cloud: the stored one, or the offered one, which is then stored for all. */
export async function keptSecret(db: CloudDb, name: string, offered: string): Promise<string> {
  await db
    .insertInto('cloud_secrets')
    .values({ name, value: offered })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db.selectFrom('cloud_secrets').select('value').where('name', '=', name).executeTakeFirstOrThrow();
  return row.value;
}
