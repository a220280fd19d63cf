/** Deletes old records: deleted servers and images with their history, events, scheduling decisions. */
import { sql } from 'kysely';
import type { CellDb, CloudDb } from '../../sql/queries.ts';
import { deletedBefore, deletingHistory } from '../servers/server-tables.ts';

/** What to delete: records that ended before a time, at most `limit` in one call. */
export interface Forgetting {
  readonly before: Date;
  readonly limit: number;
}

/** Removes the records of servers that were deleted before a time, with their history; returns how many servers. */
export async function forgetServers(db: CellDb, { before, limit }: Forgetting): Promise<number> {
  const { rows } = await sql`
    WITH gone AS (
      SELECT id FROM servers WHERE ${deletedBefore(before)} ORDER BY terminated_at LIMIT ${limit} FOR UPDATE SKIP LOCKED),
    ${deletingHistory(() => sql`1`)},
    told AS (DELETE FROM events WHERE subject IN (SELECT id::text FROM gone))
    DELETE FROM servers WHERE id IN (SELECT id FROM gone) RETURNING 1`.execute(db);
  return rows.length;
}

/** Removes the records of images that were deleted before a time, with their members. */
export async function forgetImages(db: CloudDb, { before, limit }: Forgetting): Promise<number> {
  const { rows } = await sql`
    WITH gone AS (
      SELECT id FROM images WHERE status = 'deleted' AND deleted_at < ${before} LIMIT ${limit} FOR UPDATE SKIP LOCKED),
    shared AS (DELETE FROM image_members WHERE image_id IN (SELECT id FROM gone))
    DELETE FROM images WHERE id IN (SELECT id FROM gone) RETURNING 1`.execute(db);
  return rows.length;
}

/** Deletes events from before a time, except a server's first and last: those stay as long as its record, unless that is archived. */
export async function forgetEvents(db: CellDb, { before, limit }: Forgetting): Promise<number> {
  const { rows } = await sql`
    DELETE FROM events WHERE seq IN (
      SELECT seq FROM events WHERE at < ${before}
        AND (type NOT IN ('server.create.start', 'server.delete.end') OR NOT EXISTS (SELECT FROM servers WHERE id = events.subject::uuid))
      LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING 1`.execute(db);
  return rows.length;
}

/** Deletes scheduling decisions from before a time. */
export async function forgetDecisions(db: CellDb, { before, limit }: Forgetting): Promise<number> {
  const { rows } = await sql`
    DELETE FROM scheduling_decisions WHERE id IN (
      SELECT id FROM scheduling_decisions WHERE at < ${before} LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING 1`.execute(db);
  return rows.length;
}
