/** The archive of deleted servers: their rows, moved there by an operator and kept until an operator purges them. */
import { sql } from 'kysely';
import type { CellDb } from '../../sql/queries.ts';
import { deletedBefore, deletingHistory, tablesOfServers } from './server-tables.ts';

/** How many rows of each table. */
export type RowCounts = Readonly<Record<string, number>>;

interface Counted {
  readonly source: string;
  readonly rows: number;
}

const countsOf = (rows: readonly Counted[]): RowCounts => Object.fromEntries(rows.map(({ source, rows }) => [source, rows]));

/** How many rows there are of a server in `found`, its own among them. */
const rowsOfServer = sql.join(
  [sql`1`, ...tablesOfServers.map((table) => sql`(SELECT count(*) FROM ${sql.table(table)} AS known WHERE known.server_id = found.id)`)],
  sql` + `,
);

/** One row of the archive for a row in `known`. */
const archived = (table: string) => sql`${sql.lit(table)} AS source, server_id, to_jsonb(known) AS content`;

/**
 * Archives servers that were deleted before a time, the longest deleted first, in one statement: a row is in its table or in the archive,
 * never in both. Servers are archived whole, until at least `maxRows` rows are. @returns how many rows of each table
 */
export async function archiveServers(
  db: CellDb,
  { before, maxRows }: { readonly before: Date; readonly maxRows: number },
): Promise<RowCounts> {
  const moved = tablesOfServers.map((table) => sql`SELECT * FROM ${sql.ref(`of_${table}`)}`);
  const { rows } = await sql<Counted>`
    WITH found AS (
      SELECT id, terminated_at FROM servers WHERE ${deletedBefore(before)} ORDER BY terminated_at LIMIT ${maxRows} FOR UPDATE SKIP LOCKED),
    sized AS (SELECT id, terminated_at, ${rowsOfServer} AS size FROM found),
    gone AS (
      SELECT id, terminated_at FROM (
        SELECT id, terminated_at, sum(size) OVER (ORDER BY terminated_at, id) - size AS earlier FROM sized
      ) AS summed WHERE earlier < ${maxRows}),
    ${deletingHistory(archived)},
    of_servers AS (
      DELETE FROM servers AS known WHERE id IN (SELECT id FROM gone) RETURNING 'servers' AS source, id AS server_id, to_jsonb(known) AS content),
    kept AS (
      INSERT INTO archived_rows (source, server_id, deleted_at, content)
      SELECT source, server_id, terminated_at, content FROM (${sql.join([sql`SELECT * FROM of_servers`, ...moved], sql` UNION ALL `)}) AS moved
      JOIN gone ON gone.id = moved.server_id
      RETURNING source)
    SELECT source, count(*)::int AS rows FROM kept GROUP BY source ORDER BY source`.execute(db);
  return countsOf(rows);
}

/** How many rows of each table there are to archive. */
export async function countArchivable(db: CellDb, before: Date): Promise<RowCounts> {
  const found = sql`SELECT id FROM servers WHERE ${deletedBefore(before)}`;
  const tables = tablesOfServers.map(
    (table) =>
      sql`SELECT ${sql.lit(table)} AS source, count(*)::int AS rows FROM ${sql.table(table)} WHERE server_id IN (SELECT id FROM found)`,
  );
  const { rows } = await sql<Counted>`
    WITH found AS (${found}) SELECT * FROM (
      ${sql.join([sql`SELECT 'servers' AS source, count(*)::int AS rows FROM found`, ...tables], sql` UNION ALL `)}
    ) AS counted WHERE rows > 0 ORDER BY source`.execute(db);
  return countsOf(rows);
}

/** Which part of the archive to purge: what was deleted before a time, or everything; at most so many rows at a time. */
export interface Purging {
  readonly before: Date | undefined;
  readonly limit: number;
}

/** Deletes from the archive for good. @returns how many rows of each table */
export async function purgeArchive(db: CellDb, { before, limit }: Purging): Promise<RowCounts> {
  const { rows } = await sql<Counted>`
    WITH purged AS (
      DELETE FROM archived_rows WHERE id IN (
        SELECT id FROM archived_rows WHERE ${before === undefined ? sql`true` : sql`deleted_at < ${before}`} ORDER BY id LIMIT ${limit})
      RETURNING source)
    SELECT source, count(*)::int AS rows FROM purged GROUP BY source ORDER BY source`.execute(db);
  return countsOf(rows);
}

/** Whether a server is in the archive. */
export async function isArchived(db: CellDb, id: string): Promise<boolean> {
  const { rows } = await sql`SELECT FROM archived_rows WHERE server_id = ${id} LIMIT 1`.execute(db);
  return rows.length > 0;
}
