/** What workflows of volumes work with. */
import type { CloudDb } from '../../db/sql/queries.ts';
import type { ImageSources } from '../../image/image-sources.ts';
import type { ServerImages } from '../../image/server-images.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Receipt } from '../../lib/rpc/contract.ts';
import type { StepContext } from '../../lib/workflow/step.ts';
import type { TaskId } from '../../objects/ids.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';
import type { VolumeRpcApi } from '../rpcapi.ts';

export interface VolumeWorkflowDeps {
  readonly db: CloudDb;
  readonly volume: VolumeRpcApi;
  readonly images: ImageSources & ServerImages;
  readonly group: Pick<ServiceGroup, 'isUp'>;
  /** Sends a task to a volume host and waits for its report. */
  readonly onHost: <R>(w: StepContext, host: string, send: (taskId: TaskId) => Promise<Receipt<R>>) => Promise<R>;
  /** Tells the servers that have a volume that it has grown. */
  readonly tellGrown: (ctx: Context, of: { readonly serverId: string; readonly volumeId: string }) => Promise<unknown>;
  readonly clock: Clock;
  readonly ids: Ids;
}
