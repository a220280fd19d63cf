import { type Kysely, Migrator } from 'kysely';
import { messageOf } from '../../lib/errors/error-type.ts';
import { migrations as allMigrations, type Migration } from '../migrations/index.ts';
import type { Database } from '../schema/index.ts';

/**
 * Brings the schema to what this program knows; returns the names of the steps it ran. All pending steps happen in one
 * transaction under PostgreSQL's advisory lock: any number of programs may start at once, one does it, the others wait.
 */
export async function migrate(
  db: Kysely<Database>,
  migrations: Readonly<Record<string, Migration>> = allMigrations,
): Promise<readonly string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const failed = results.find((result) => result.status === 'Error');
    const where = failed ? `step ${failed.migrationName} failed` : 'its history is not that of this program';
    throw new Error(`The database's schema cannot be brought up to date: ${where} (${messageOf(error)}).`, { cause: error });
  }
  return results.map((result) => result.migrationName);
}
