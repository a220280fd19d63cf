/** What the parts of the volume API work with. */
import type { ConductorApi } from '../conductor/api.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import type { ImageSources } from '../image/image-sources.ts';
import type { ServerImages } from '../image/server-images.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Policy } from '../policy/policy.ts';
import type { ServiceGroup } from '../servicegroup/api.ts';
import type { VolumeLimits } from './quota.ts';
import type { VolumeRpcApi } from './rpcapi.ts';

export interface VolumeDeps {
  readonly db: CloudDb;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly conductor: ConductorApi;
  readonly volume: VolumeRpcApi;
  readonly images: ImageSources & ServerImages;
  readonly group: Pick<ServiceGroup, 'judge'>;
  /** Limits where an operator has set none. */
  readonly quotaLimits: VolumeLimits;
  /** The zone of all volumes (`storage_availability_zone`). */
  readonly zone: string;
  /** The name of the type of volumes that name none (`default_volume_type`). */
  readonly defaultType: string;
}
