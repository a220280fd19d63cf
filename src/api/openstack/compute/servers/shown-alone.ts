import { variantOf } from '../../../../lib/memo/variant.ts';
import { v } from '../../../../microversions.ts';
import type { Server } from '../../../../objects/server.ts';
import type { ApiRequest } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';
import type { ShownServer } from './view.ts';
import { withHostStatus } from './with-host-status.ts';

/**
 * Reads one server with what only single servers show: its group, and its host's status; each where the caller's version has it. All are
 * read at one time.
 */
export async function shownAlone(
  req: Pick<ApiRequest, 'ctx' | 'at'>,
  { hostStatus, serverGroups }: Pick<ServerFaceDeps, 'hostStatus' | 'serverGroups'>,
  { id, read }: { readonly id: string; readonly read: () => Promise<Server> },
): Promise<ShownServer> {
  const group = req.at(v.serverGroupsOfServer) ? serverGroups.idOf(id) : undefined;
  const [servers, groupId] = await Promise.all([
    withHostStatus(req, hostStatus, { name: `server ${id}`, read: async () => [await read()] }),
    group,
  ]);
  // There is exactly one, or `read` has thrown.
  const [shown] = servers as readonly [ShownServer];
  return groupId === undefined ? shown : variantOf(shown, { groupId });
}
