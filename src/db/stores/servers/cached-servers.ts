/** A cache of servers by the versions of their rows: what is found in it is what the database has at that moment (ADR 20). */
import { type Selectable, sql } from 'kysely';
import { memoize } from '../../../lib/memo/memoize.ts';
import { canonicalUuid } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import type { ServersTable } from '../../schema/servers.ts';
import { batched } from '../../sql/batch-queries.ts';
import type { CellDb } from '../../sql/queries.ts';
import { RowVersions, rowVersion } from '../../sql/row-versions.ts';
import { toServer } from './servers.ts';

/** Servers in the cache, some 5 KiB each. */
export const MAX_CACHED = 2_000;

export const serverVersion = rowVersion('servers');
export type Versioned = { readonly id: string; readonly version: string };

export const cacheOf = memoize((_db: CellDb) => new RowVersions<Server>(MAX_CACHED));

/** The servers of full rows, which are also added to the cache. */
export function cached(db: CellDb, rows: readonly (Selectable<ServersTable> & Versioned)[]): readonly Server[] {
  return rows.map((row) => {
    const server = toServer(row);
    cacheOf(db).keep(row.id, row.version, server);
    return server;
  });
}

/**
 * The server with an id, which must be a UUID: with or without hyphens, in upper or lower case. One statement asks for many; it brings the
 * version of each row, and its columns only where the cache has another version.
 */
export const findServer = batched(canonicalUuid, async (db: CellDb, ids: readonly string[]): Promise<readonly (Server | undefined)[]> => {
  const cache = cacheOf(db);
  const keys = ids.map(canonicalUuid);
  const known = keys.map((id) => cache.peek(id));
  const { rows } = await sql<Found>`
    SELECT asked.number::int AS asked_number, ${serverVersion} AS version, news.*
    FROM unnest(${keys}::uuid[], ${known.map((entry) => entry?.version ?? null)}::text[]) WITH ORDINALITY AS asked (asked_id, known, number)
    JOIN servers ON servers.id = asked_id
    LEFT JOIN servers AS news ON news.id = servers.id AND ${serverVersion} IS DISTINCT FROM known`.execute(db);
  const servers: (Server | undefined)[] = ids.map(() => undefined);
  for (const { asked_number: number, ...row } of rows) {
    // What was known before the question, for it may have been evicted since.
    const before = known[number - 1];
    if (row.id === null && before) cache.keep(keys[number - 1] ?? '', before.version, before.made);
    servers[number - 1] = row.id === null ? before?.made : cached(db, [row])[0];
  }
  return servers;
});

/** A row of the answer: whose it is, counted from 1; without columns where the cached version holds. */
type Found = { readonly asked_number: number; readonly version: string } & (Selectable<ServersTable> | { readonly id: null });
