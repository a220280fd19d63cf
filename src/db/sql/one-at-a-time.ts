import { type Kysely, sql } from 'kysely';
import type { Database } from '../schema/index.ts';

/**
 * Runs something in one program of the cloud at a time; the others wait.
 * @param lock identifies what is run: the same number in all programs of a cloud
 */
export const oneAtATime = <T>(db: Kysely<Database>, lock: number, run: () => Promise<T>): Promise<T> =>
  db.connection().execute(async (connection) => {
    await sql`SELECT pg_advisory_lock(${lock})`.execute(connection);
    try {
      return await run();
    } finally {
      await sql`SELECT pg_advisory_unlock(${lock})`.execute(connection);
    }
  });
