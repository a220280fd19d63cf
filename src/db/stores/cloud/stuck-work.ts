import { sql } from 'kysely';
import type { CellDb } from '../../sql/queries.ts';

/** The subjects of workflows that began more than this many minutes ago and are still being undone; each retry updates them. */
export async function stuckWork(db: CellDb, minutes: number): Promise<readonly string[]> {
  const { rows } = await sql<{ subject: string }>`
    SELECT subject FROM workflows WHERE status = 'unwinding' AND created_at < now() - make_interval(mins => ${minutes}) ORDER BY seq`.execute(
    db,
  );
  return rows.map(({ subject }) => subject);
}
