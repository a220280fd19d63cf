import { sql } from 'kysely';
import type { Server } from '../../objects/server.ts';
import type { Queries } from './queries.ts';
import { conditionsOf, type ServerFilters } from './server-filters.ts';
import { comesAfter, fullOrder, orderBy, type SortBy } from './server-sort.ts';
import { toServer } from './servers.ts';
import { cannotBeStored } from './text-pattern.ts';

/** Which servers to list, and in which order; newest first, when not said. */
export interface ServerQuery extends ServerFilters {
  readonly sort?: readonly SortBy[];
  readonly limit: number;
  /** The id of the last server of the page before. */
  readonly marker?: string;
}

/** @returns undefined when there is no server under the marker, or none of the project that is asked for */
export async function listServers(db: Queries, query: ServerQuery): Promise<readonly Server[] | undefined> {
  const { marker, projectId, sort = [], limit } = query;
  if (cannotBeStored(marker)) return undefined;
  if (cannotBeStored(query)) return [];
  const order = fullOrder(sort);
  let select = db
    .selectFrom('servers')
    .selectAll()
    .where((eb) => eb.and(conditionsOf(query)));
  if (marker !== undefined) {
    const known = await db.selectFrom('servers').select(['id', 'project_id']).where(sql<string>`id::text`, '=', marker).executeTakeFirst();
    if (!known || (projectId !== null && known.project_id !== projectId)) return undefined;
    select = select.where(comesAfter(order, known.id));
  }
  const rows = await select.orderBy(orderBy(order)).limit(limit).execute();
  return rows.map(toServer);
}
