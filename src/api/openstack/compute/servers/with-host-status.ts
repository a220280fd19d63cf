import type { HostStatusApi } from '../../../../compute/servers/host-status-api.ts';
import { v } from '../../../../microversions.ts';
import type { Server } from '../../../../objects/server.ts';
import type { ApiRequest } from '../../../pipeline/route.ts';
import type { ShownServer } from './view.ts';

/** Reads servers, with host statuses if the caller's version shows them. Reads of one name are expected to find the same hosts again. */
export const withHostStatus = (
  { ctx, at }: Pick<ApiRequest, 'ctx' | 'at'>,
  hostStatus: HostStatusApi,
  { name, read }: { readonly name: string; readonly read: () => Promise<readonly Server[]> },
): Promise<readonly ShownServer[]> => (at(v.hostStatus) ? hostStatus.during(ctx, name, read) : read());
