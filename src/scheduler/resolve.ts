/** What the scheduler looks up before it decides: the hosts as of now, and what filters and weighers need to know about the request. */
import type { CellDb } from '../db/sql/queries.ts';
import { groupAround } from '../db/stores/groups/group-members.ts';
import { serversByHost } from '../db/stores/servers/places.ts';
import type { Rules } from './decide.ts';
import { allHintedServers } from './hinted-servers.ts';
import type { HostState } from './host-state.ts';
import type { HostTable } from './host-table.ts';
import { lookUp } from './look-up.ts';
import type { RequestSpec, ResolvedRequest } from './request.ts';

interface Sources {
  readonly db: CellDb;
  readonly table: HostTable;
  readonly rules: Rules;
}

/** Resolves a request; all of it is read at once. */
export async function resolve(
  request: RequestSpec,
  { db, table, rules }: Sources,
): Promise<{ readonly hosts: readonly HostState[]; readonly resolved: ResolvedRequest }> {
  const [known, hinted, group, lookedUp] = await Promise.all([
    table.current(),
    findHinted(db, request),
    findGroup(db, request),
    lookUp(db, request, rules),
  ]);
  return { hosts: withHinted(known, hinted), resolved: { ...request, ...lookedUp, group } };
}

/** The hosts of the hinted servers. Other projects' servers are ignored: otherwise hints would reveal who shares a host with whom. */
const findHinted = (db: CellDb, request: RequestSpec) =>
  serversByHost(db, { ids: allHintedServers(request), projectId: request.projectId });

/** The group that the server became a member of by its hint, unless it was deleted since. */
const findGroup = async (db: CellDb, { serverId, hints }: RequestSpec) =>
  hints['group'] === undefined ? undefined : await groupAround(db, serverId);

function withHinted(hosts: readonly HostState[], hinted: Awaited<ReturnType<typeof findHinted>>): readonly HostState[] {
  if (hinted.size === 0) return hosts;
  return hosts.map((state) => {
    const hintedServers = hinted.get(state.host);
    return hintedServers ? { ...state, hintedServers } : state;
  });
}
