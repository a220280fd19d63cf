import { sql } from 'kysely';
import { batched } from '../../sql/batch-queries.ts';
import type { CloudDb } from '../../sql/queries.ts';

const versions = batched(
  () => '',
  async (db: CloudDb): Promise<readonly string[]> => {
    // With a parameter it is prepared.
    const { rows } = await sql<{ version: string }>`
      SELECT concat_ws(' ', number, extract(epoch FROM pg_postmaster_start_time())) AS version FROM identity_version WHERE is_single = ${true}`.execute(
      db,
    );
    return rows.map(({ version }) => version);
  },
);

/**
 * Names the state of all users, projects, roles, assignments and revocations: while it is the same, every token means what it meant. A start
 * of the database begins a new count, should another database take its place.
 */
export const identityVersion = (db: CloudDb): Promise<string> => versions(db, '');
