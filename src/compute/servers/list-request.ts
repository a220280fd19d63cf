// What a caller may ask of a server list: decided here for REST, EC2 and dashboard alike.
import type { ServerQuery } from '../../db/stores/servers/list.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Policy } from '../../policy/policy.ts';
import { DeletedForbidden, SortForbidden } from './errors.ts';
import {
  type EqualFilter,
  equalFilters,
  type GuardedFilter,
  isOpen,
  type OpenFilter,
  type PatternFilter,
  patternFilters,
} from './list-filters.ts';

/** The list that a caller asks for; filters that the caller may not use are ignored. */
export interface ServerListRequest extends Omit<ServerQuery, 'projectId' | 'equal' | 'like'> {
  readonly equal?: Readonly<Partial<Record<EqualFilter, readonly string[]>>>;
  readonly like?: Readonly<Partial<Record<PatternFilter, string>>>;
  /** Servers of every project. */
  readonly allProjects?: boolean;
  /** With `allProjects`: only servers of this one. */
  readonly projectId?: string;
  /** Full records, or only names. */
  readonly inFull?: boolean;
  /** Open filters that the caller's microversion still restricts. */
  readonly notYetOpen?: readonly OpenFilter[];
}

/** Sorting by these would disclose where servers are. */
const SORTED_FOR_ADMINS: readonly string[] = ['host', 'node'];

/** The query that this caller may make. Refuses where ignoring a filter would answer a different question. */
export function permittedQuery(ctx: Context, policy: Pick<Policy, 'may'>, request: ServerListRequest): ServerQuery {
  const { allProjects = false, projectId, inFull: _inFull, notYetOpen = [], equal, like, ids, ip6, configDrive, ...rest } = request;
  const { deleted, softDeleted, statuses, sort = [], ...free } = rest;
  const mayFilterByAll = policy.may(ctx, 'os_compute_api:servers:allow_all_filters');
  const may = (name: GuardedFilter): boolean => mayFilterByAll || (isOpen(name) && !notYetOpen.some((other) => other === name));
  const onlyGone = statuses !== undefined && statuses.length > 0 && statuses.every((status) => status === 'DELETED');
  if (onlyGone && !ctx.isAdmin) throw DeletedForbidden({});
  for (const { column } of sort) if (!ctx.isAdmin && SORTED_FOR_ADMINS.includes(column)) throw SortForbidden({ key: column });
  return {
    ...free,
    sort,
    projectId: allProjects ? ((may('project_id') ? projectId : undefined) ?? null) : ctx.projectId,
    ...(statuses === undefined ? {} : { statuses }),
    equal: columnsOf(equalFilters, equal ?? {}, may),
    like: columnsOf(patternFilters, like ?? {}, may),
    ...(onlyGone ? { deleted: true } : deleted === undefined || !may('deleted') ? {} : { deleted }),
    ...(softDeleted === undefined || !may('soft_deleted') ? {} : { softDeleted }),
    ...(ids === undefined || !may('uuid') ? {} : { ids }),
    ...(ip6 === undefined || !may('ip6') ? {} : { ip6 }),
    ...(configDrive === undefined || !may('config_drive') ? {} : { configDrive }),
  };
}

/** The columns of the given filters; of two on the same column, the later in the table wins. */
function columnsOf<N extends GuardedFilter, C extends string, V>(
  table: Readonly<Record<N, C>>,
  given: Readonly<Partial<Record<N, V>>>,
  may: (name: GuardedFilter) => boolean,
): Partial<Record<C, V>> {
  const columns: Partial<Record<C, V>> = {};
  // Seam: Object.keys loses the type of the table's keys.
  for (const name of Object.keys(table) as N[]) {
    const value = given[name];
    if (value !== undefined && may(name)) columns[table[name]] = value;
  }
  return columns;
}
