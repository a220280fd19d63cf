import { type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import { isUuid } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import { type Marker, paged, unlessUnknown } from '../../sql/paging.ts';
import { RowVersions, rowVersion } from '../../sql/row-versions.ts';
import type { Database } from '../../schema/index.ts';
import type { ServersTable } from '../../schema/servers.ts';
import type { CellDb } from '../../sql/queries.ts';
import { conditionsOf, type ServerFilters } from './filters.ts';
import { fullOrder, type SortBy } from './sort.ts';
import { toServer } from './servers.ts';
import { cannotBeStored } from '../../sql/text-pattern.ts';
import { memoize } from '../../../lib/memo/memoize.ts';

/** Which servers to list, and in which order; newest first, when not said. */
export interface ServerQuery extends ServerFilters {
  readonly sort?: readonly SortBy[];
  readonly limit: number;
  /** The id of the last server of the page before. */
  readonly marker?: string;
}

/** @returns undefined when there is no server under the marker, or none of the project that is asked for */
export async function listServers(db: CellDb, query: ServerQuery): Promise<readonly Server[] | undefined> {
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
  if (limit < WORTH_KEEPING || limit > MOST_KEPT) return (await page.selectAll().execute()).map(toServer);
  return (
    (await unlessMoved(db, await page.select(['id', version]).execute())) ?? kept(db, await page.selectAll().select(version).execute())
  );
}

/** Shorter pages are read in full at once; so are those longer than what is kept, for they would drive out their own beginning. */
const WORTH_KEEPING = 10;
/** Some 5 KiB each. */
const MOST_KEPT = 2_000;

const version = rowVersion('servers').as('version');
type Versioned = { readonly id: string; readonly version: string };

/** Servers as they were read before: most of a page has not changed since it was last asked for. */
const versionsIn = memoize((_db: CellDb) => new RowVersions<Server>(MOST_KEPT));

/** The servers of a page, of which only those in a new version are read; undefined when one has moved on meanwhile. */
async function unlessMoved(db: CellDb, page: readonly Versioned[]): Promise<readonly Server[] | undefined> {
  const versions = versionsIn(db);
  const news = page.filter((row) => !versions.has(row.id, row.version)).map(({ id }) => id);
  if (news.length > 0) {
    const rows = db.selectFrom('servers').selectAll().select(version).where('id', '=', sql<string>`any(${news}::uuid[])`);
    kept(db, await rows.execute());
  }
  const servers = page.map((row) => versions.get(row.id, row.version));
  return servers.every((server) => server !== undefined) ? servers : undefined;
}

/** The servers of whole rows, for this time and for later. */
function kept(db: CellDb, rows: readonly (Selectable<ServersTable> & Versioned)[]): readonly Server[] {
  return rows.map((row) => {
    const server = toServer(row);
    versionsIn(db).keep(row.id, row.version, server);
    return server;
  });
}
