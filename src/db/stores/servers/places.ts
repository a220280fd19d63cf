/** On which hosts servers are. */
import { asId, type HostName, isUuid } from '../../../objects/ids.ts';
import type { Queries } from '../../sql/queries.ts';

/** Those of a project's servers that are on a host, by host; ids that are none of its servers' are passed over. */
export async function serversByHost(
  db: Queries,
  { ids, projectId }: { readonly ids: readonly string[]; readonly projectId: string },
): Promise<ReadonlyMap<HostName, readonly string[]>> {
  const known = ids.filter(isUuid);
  if (known.length === 0) return new Map();
  const rows = await db
    .selectFrom('servers')
    .select(['id', 'host'])
    .where('id', 'in', known)
    .where('project_id', '=', projectId)
    .where('vm_state', '<>', 'deleted')
    .execute();
  const hosts = new Map<HostName, string[]>();
  for (const { id, host } of rows) {
    if (host === null) continue;
    const there = hosts.get(asId<HostName>(host));
    if (there) there.push(id);
    else hosts.set(asId<HostName>(host), [id]);
  }
  return hosts;
}
