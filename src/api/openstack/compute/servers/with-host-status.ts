import type { HostStatusApi } from '../../../../compute/servers/host-status-api.ts';
import { v } from '../../../../microversions.ts';
import type { Server } from '../../../../objects/server.ts';
import type { ApiRequest } from '../../../pipeline/route.ts';
import type { ShownServer } from './view.ts';

/** Adds host statuses if the caller's version shows them, with one query for all servers. */
export async function withHostStatus(
  { ctx, at }: Pick<ApiRequest, 'ctx' | 'at'>,
  hostStatus: HostStatusApi,
  servers: readonly Server[],
): Promise<readonly ShownServer[]> {
  return at(v.hostStatus) ? await hostStatus.of(ctx, servers) : servers;
}
