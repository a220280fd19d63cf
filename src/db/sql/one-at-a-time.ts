import { type Kysely, sql } from 'kysely';
import { type Clock, systemClock } from '../../lib/clock/clock.ts';
import type { Database } from '../schema/index.ts';

/** How often those who wait ask again: one statement that waits for them all would reach its time limit. */
const ASK_EVERY_MS = 100;

/**
 * Runs something in one program of the cloud at a time; the others wait.
 * @param lock identifies what is run: the same number in all programs of a cloud
 */
export const oneAtATime = <T>(db: Kysely<Database>, lock: number, run: () => Promise<T>, clock: Clock = systemClock): Promise<T> =>
  db.connection().execute(async (connection) => {
    while (!(await isTaken(connection, lock))) await clock.sleep(ASK_EVERY_MS);
    try {
      return await run();
    } finally {
      await sql`SELECT pg_advisory_unlock(${lock})`.execute(connection);
    }
  });

async function isTaken(connection: Kysely<Database>, lock: number): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`SELECT pg_try_advisory_lock(${lock}) AS taken`.execute(connection);
  return rows[0]?.taken === true;
}
