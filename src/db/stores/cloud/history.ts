/** What is only remembered, and forgotten when it is old: deleted servers and images with what was told of them, events, decisions. */
import { sql } from 'kysely';
import type { CellDb, CloudDb, Queries } from '../../sql/queries.ts';

/** What to forget: what ended before a time, at most so many at once. */
export interface Forgetting {
  readonly before: Date;
  readonly limit: number;
}

/** Forgets servers that were deleted before a time, with all that was done to them; answers how many servers. */
export async function forgetServers(db: CellDb, { before, limit }: Forgetting): Promise<number> {
  const { rows } = await sql`
    WITH gone AS (
      SELECT id FROM servers WHERE vm_state = 'deleted' AND task_state IS NULL AND terminated_at < ${before}
      ORDER BY terminated_at LIMIT ${limit} FOR UPDATE SKIP LOCKED),
    done_events AS (DELETE FROM instance_action_events WHERE server_id IN (SELECT id FROM gone)),
    done AS (DELETE FROM instance_actions WHERE server_id IN (SELECT id FROM gone)),
    decided AS (DELETE FROM scheduling_decisions WHERE server_id IN (SELECT id FROM gone)),
    told AS (DELETE FROM events WHERE subject IN (SELECT id::text FROM gone))
    DELETE FROM servers WHERE id IN (SELECT id FROM gone) RETURNING 1`.execute(db);
  return rows.length;
}

/** Forgets images that were deleted before a time, and with whom they were shared. */
export async function forgetImages(db: CloudDb, { before, limit }: Forgetting): Promise<number> {
  const { rows } = await sql`
    WITH gone AS (
      SELECT id FROM images WHERE status = 'deleted' AND deleted_at < ${before} LIMIT ${limit} FOR UPDATE SKIP LOCKED),
    shared AS (DELETE FROM image_members WHERE image_id IN (SELECT id FROM gone))
    DELETE FROM images WHERE id IN (SELECT id FROM gone) RETURNING 1`.execute(db);
  return rows.length;
}

/** Forgets events of before a time; how a server began and ended is told for as long as there is something to tell it of. */
export async function forgetEvents(db: Queries, { before, limit }: Forgetting): Promise<number> {
  const { rows } = await sql`
    DELETE FROM events WHERE seq IN (
      SELECT seq FROM events WHERE at < ${before} AND type NOT IN ('server.create.start', 'server.delete.end')
      LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING 1`.execute(db);
  return rows.length;
}

/** Forgets why hosts were chosen before a time. */
export async function forgetDecisions(db: CellDb, { before, limit }: Forgetting): Promise<number> {
  const { rows } = await sql`
    DELETE FROM scheduling_decisions WHERE id IN (
      SELECT id FROM scheduling_decisions WHERE at < ${before} LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING 1`.execute(db);
  return rows.length;
}
