import type { HostStatusApi } from '../../../../compute/servers/host-status-api.ts';
import { v } from '../../../../microversions.ts';
import type { Server } from '../../../../objects/server.ts';
import type { ApiRequest } from '../../../pipeline/route.ts';
import { HOST_STATUS, type ShownServer, UNKNOWN_HOST_STATUS } from './view.ts';

/** The servers with how their hosts do, where the caller's version tells it and the caller may know: all are asked for at once. */
export async function withHostStatus(
  { at, may }: Pick<ApiRequest, 'at' | 'may'>,
  hostStatus: HostStatusApi,
  servers: readonly Server[],
): Promise<readonly ShownServer[]> {
  return at(v.hostStatus) && (may(HOST_STATUS) || may(UNKNOWN_HOST_STATUS)) ? await hostStatus.of(servers) : servers;
}
