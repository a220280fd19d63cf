import type { CellDb } from '../../db/sql/queries.ts';
import type { ComputeRpcApi } from '../../compute/rpcapi.ts';
import type { ImageSources } from '../../image/image-sources.ts';
import type { ServerImages } from '../../image/server-images.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Log } from '../../lib/log/log.ts';
import type { ServerNetworking } from '../../network/server-networking.ts';
import type { SchedulerRpcApi } from '../../scheduler/rpcapi.ts';
import type { ServerVolumes } from '../../volume/server-volumes.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';

/** The dependencies of workflows. */
export interface WorkflowDeps {
  readonly db: CellDb;
  readonly scheduler: SchedulerRpcApi;
  readonly networking: ServerNetworking;
  readonly compute: ComputeRpcApi;
  readonly serviceGroup: Pick<ServiceGroup, 'isUp'>;
  readonly images: ImageSources & ServerImages;
  readonly volumes: ServerVolumes;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly options: {
    /** How many hosts a boot tries (`max_attempts`). */
    readonly maxAttempts: number;
    /** How long a step waits for a report or heartbeat of a host's task, in milliseconds. */
    readonly hostWorkTimeoutMs: number;
    /** Appended to the host names of guests (`dhcp_domain`); may be empty. */
    readonly dhcpDomain: string;
    /** How long a shelved server stays on its host, in seconds; 0: it leaves at once, -1: never (`shelved_offload_time`). */
    readonly shelvedOffloadSeconds: number;
    /** Live migrations that leave one host at a time (`max_concurrent_live_migrations`). */
    readonly liveMigrationsAtATime: number;
    /** How often a boot looks for a volume that is made for it (`block_device_allocate_retries`), and how long it waits in between. */
    readonly volumeWait: { readonly retries: number; readonly intervalMs: number };
  };
}
