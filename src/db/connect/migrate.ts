import { type Kysely, Migrator } from 'kysely';
import { messageOf } from '../../lib/errors/error-type.ts';
import { migrations as allMigrations, type Migration } from '../migrations/index.ts';
import type { Database } from '../schema/index.ts';

/**
 * Migrates the schema to this program's version; returns the names of the steps it ran. All pending steps run in one
 * transaction under an advisory lock: when several programs start at once, one migrates and the others wait.
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

/** The steps that a database has, and those of this program that it lacks, each in order. */
export async function schemaOf(
  db: Kysely<Database>,
  migrations: Readonly<Record<string, Migration>> = allMigrations,
): Promise<{ readonly applied: readonly string[]; readonly pending: readonly string[] }> {
  const steps = await new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } }).getMigrations();
  const namesOf = (isApplied: boolean) => steps.flatMap(({ name, executedAt }) => ((executedAt !== undefined) === isApplied ? [name] : []));
  return { applied: namesOf(true), pending: namesOf(false) };
}
