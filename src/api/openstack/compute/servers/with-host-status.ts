import type { HostStatusApi } from '../../../../compute/servers/host-status-api.ts';
import { v } from '../../../../microversions.ts';
import type { Server } from '../../../../objects/server.ts';
import type { ApiRequest } from '../../../pipeline/route.ts';
import type { ShownServer } from './view.ts';

/** The servers with how their hosts do, where the caller's version tells it: all are asked for at once. */
export async function withHostStatus(
  { ctx, at }: Pick<ApiRequest, 'ctx' | 'at'>,
  hostStatus: HostStatusApi,
  servers: readonly Server[],
): Promise<readonly ShownServer[]> {
  return at(v.hostStatus) ? await hostStatus.of(ctx, servers) : servers;
}
