import type { ComputeApi } from '../../compute/api.ts';
import type { FlavorApi } from '../../compute/flavors/flavor-api.ts';
import type { KeypairApi } from '../../compute/keypairs/keypair-api.ts';
import type { ZoneApi } from '../../compute/fleet/zone-api.ts';
import type { NumberedServersApi } from '../../compute/servers/numbered-servers-api.ts';
import type { ProxiedGroupsApi } from '../../compute/proxies/proxied-groups-api.ts';
import type { ServerEditApi } from '../../compute/servers/edit-api.ts';
import type { ImageApi } from '../../image/api.ts';
import type { Clock } from '../../lib/clock/clock.ts';

/** What the actions of EC2 call: the same as REST's. */
export interface Ec2Deps {
  readonly compute: ComputeApi;
  readonly numbered: NumberedServersApi;
  readonly serverEdits: ServerEditApi;
  readonly flavors: FlavorApi;
  readonly keypairs: KeypairApi;
  readonly securityGroups: ProxiedGroupsApi;
  readonly zones: ZoneApi;
  readonly images: ImageApi;
  readonly clock: Clock;
  readonly region: string;
  /** Where clients reach this API. */
  readonly endpoint: string;
}
