import { type SelectQueryBuilder, sql } from 'kysely';
import { isUuid } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import { shared } from '../../sql/share-queries.ts';
import { type Marker, paged, unlessUnknown } from '../../sql/paging.ts';
import type { Database } from '../../schema/index.ts';
import type { CellDb } from '../../sql/queries.ts';
import { conditionsOf, type ServerFilters } from './filters.ts';
import { fullOrder, type SortBy } from './sort.ts';
import { cached, cacheOf, MAX_CACHED, serverVersion, type Versioned } from './cached-servers.ts';
import { toServer } from './servers.ts';
import { cannotBeStored } from '../../sql/text-pattern.ts';

/** Which servers to list, and in which order; newest first by default. */
export interface ServerQuery extends ServerFilters {
  readonly sort?: readonly SortBy[];
  readonly limit: number;
  /** The id of the last server of the previous page. */
  readonly marker?: string;
}

/**
 * A page of servers; equal questions at one time share a query.
 * @returns undefined when the marker is no server, or another project's
 */
export const listServers = shared((query: ServerQuery) => JSON.stringify(query), readServers);

async function readServers(db: CellDb, query: ServerQuery): Promise<readonly Server[] | undefined> {
  const { marker, projectId, sort = [], limit } = query;
  if (marker !== undefined && !isUuid(marker)) return undefined;
  if (cannotBeStored(query)) return [];
  const page = { order: fullOrder(sort), limit, after: marker === undefined ? undefined : markerOf(marker, projectId) };
  const select = paged(
    db.selectFrom('servers').where((eb) => eb.and(conditionsOf(query))),
    page,
  );
  return await unlessUnknown(db, page, await serversOf(db, select, limit));
}

const markerOf = (id: string, projectId: string | null): Marker => ({
  from: sql`servers`,
  where: projectId === null ? sql`id = ${id}` : sql`id = ${id} AND project_id = ${projectId}`,
});

async function serversOf(db: CellDb, page: SelectQueryBuilder<Database, 'servers', unknown>, limit: number): Promise<readonly Server[]> {
  if (limit < MIN_CACHED_PAGE || limit > MAX_CACHED) return (await page.selectAll().execute()).map(toServer);
  return (await fromCache(db, await versionsOf(db, page))) ?? cached(db, await page.selectAll().select(version).execute());
}

/** The versions of a page, in its order. They come as one row: a hundred small rows take longer to read than the servers to find. */
async function versionsOf(db: CellDb, page: SelectQueryBuilder<Database, 'servers', unknown>): Promise<readonly Versioned[]> {
  const { rows } = await sql<{ lines: string | null }>`
    SELECT string_agg(page.id || '=' || page.version, E'\\n') AS lines FROM (${page.select(['id', version])}) AS page`.execute(db);
  const lines = rows[0]?.lines?.split('\n') ?? [];
  return lines.map((line) => ({ id: line.slice(0, UUID_LENGTH), version: line.slice(UUID_LENGTH + 1) }));
}

const UUID_LENGTH = 36;

/** Shorter pages bypass the cache; so do pages longer than the cache, which would evict their own beginning. */
const MIN_CACHED_PAGE = 10;
const version = serverVersion.as('version');

/** The servers of a page; only those not in the cache are read. Undefined when one changed between the two reads. */
async function fromCache(db: CellDb, page: readonly Versioned[]): Promise<readonly Server[] | undefined> {
  const found = () => page.map((row) => cacheOf(db).get(row.id, row.version));
  const before = found();
  const news = page.filter((_, index) => !before[index]).map(({ id }) => id);
  if (news.length === 0) return before.filter((server) => server !== undefined);
  const rows = db.selectFrom('servers').selectAll().select(version).where('id', '=', sql<string>`any(${news}::uuid[])`);
  cached(db, await rows.execute());
  const servers = found();
  return servers.every((server) => server !== undefined) ? servers : undefined;
}
