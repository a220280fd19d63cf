import { sql } from 'kysely';
import type { OpenDatabase } from '../../db/connect/open.ts';

/** Any number; all programs of a cloud must use the same. */
const LOCK = 7_201_301;

/** Runs the making of a new cloud in one program at a time: others wait and then find everything there. */
export const oneAtATime = ({ db }: OpenDatabase, make: () => Promise<void>): Promise<void> =>
  db.connection().execute(async (connection) => {
    await sql`SELECT pg_advisory_lock(${LOCK})`.execute(connection);
    try {
      await make();
    } finally {
      await sql`SELECT pg_advisory_unlock(${LOCK})`.execute(connection);
    }
  });
