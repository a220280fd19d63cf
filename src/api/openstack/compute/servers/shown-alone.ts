import { variantOf } from '../../../../lib/memo/variant.ts';
import { v } from '../../../../microversions.ts';
import type { Server } from '../../../../objects/server.ts';
import type { ApiRequest } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';
import type { ShownServer } from './view.ts';
import { withHostStatus } from './with-host-status.ts';

/** A server with what is told of it by itself: its group, which lists do not tell, and how its host does; each where the caller's version has it. */
export async function shownAlone(
  req: Pick<ApiRequest, 'ctx' | 'at'>,
  { hostStatus, serverGroups }: Pick<ServerFaceDeps, 'hostStatus' | 'serverGroups'>,
  server: Server,
): Promise<ShownServer> {
  const [[shown = server], groupId] = await Promise.all([
    withHostStatus(req, hostStatus, [server]),
    req.at(v.serverGroupsOfServer) ? serverGroups.idOf(server) : undefined,
  ]);
  return groupId === undefined ? shown : variantOf(shown, { groupId });
}
