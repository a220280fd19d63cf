import type { CellDb } from '../../db/sql/queries.ts';
import type { ComputeRpcApi } from '../../compute/rpcapi.ts';
import type { ImageSources } from '../../image/image-sources.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Log } from '../../lib/log/log.ts';
import type { ServerNetworking } from '../../network/server-networking.ts';
import type { SchedulerRpcApi } from '../../scheduler/rpcapi.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';

/** All that workflows work with. */
export interface WorkflowDeps {
  readonly db: CellDb;
  readonly scheduler: SchedulerRpcApi;
  readonly networking: ServerNetworking;
  readonly compute: ComputeRpcApi;
  readonly serviceGroup: Pick<ServiceGroup, 'isUp'>;
  readonly images: ImageSources;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly options: {
    /** How many hosts are tried before a boot is given up (`max_attempts`). */
    readonly maxAttempts: number;
    /** How long is waited for word of a host at work, in milliseconds: its report, or that it is still at it. */
    readonly hostWorkTimeoutMs: number;
  };
}
