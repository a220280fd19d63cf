import { followGrownVolume } from '../../compute/servers/grown-volume.ts';
import { ConductorApi } from '../../conductor/api.ts';
import { conductorRpc } from '../../conductor/rpcapi.ts';
import { HOST_WORK_TIMEOUT_MS, workOnHost } from '../../conductor/workflows/steps/work-on-host.ts';
import type { ImageApi } from '../../image/api.ts';
import { memoize } from '../../lib/memo/memoize.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import type { WorkflowDefinition } from '../../lib/workflow/workflow.ts';
import { asId, type HostName } from '../../objects/ids.ts';
import type { Policy } from '../../policy/policy.ts';
import { ServiceGroup } from '../../servicegroup/api.ts';
import { volumeServiceGroup } from '../../servicegroup/drivers/volume.ts';
import { VolumeApi } from '../../volume/api.ts';
import type { VolumeLimits } from '../../volume/quota.ts';
import { volumeRpc } from '../../volume/rpcapi.ts';
import { volumeWorkflows } from '../../volume/workflows/index.ts';
import type { NovaConfig } from '../nova-config.ts';
import { hostLiveness } from './host-liveness.ts';
import { imageSources, openImages, serverImages } from './images.ts';
import { serviceGroupOptions, type Shared } from './shared.ts';

/** Which services of volumes are alive. */
export const volumeGroup = memoize(
  ({ db, runtime }: Shared): ServiceGroup => new ServiceGroup(volumeServiceGroup(db), serviceGroupOptions(runtime.config), runtime),
);

/** Images as sources of volumes, and as copies of them. */
const imagesOfVolumes = (images: ImageApi, config: NovaConfig) => ({ ...imageSources(images, config), ...serverImages(images, config) });

/** The volume service as the APIs call it. */
export const openVolumes = (shared: Shared, policy: Policy, images: ImageApi): VolumeApi => {
  const { db, bus, runtime } = shared;
  const { ids, clock, log, config } = runtime;
  return new VolumeApi({
    db,
    ids,
    clock,
    policy,
    conductor: new ConductorApi(clientOf(conductorRpc, bus), log),
    volume: clientOf(volumeRpc, bus),
    images: imagesOfVolumes(images, config),
    group: volumeGroup(shared),
    quotaLimits: volumeLimitsIn(config),
    zone: config.DEFAULT.default_availability_zone,
    defaultType: config.volume.default_volume_type,
  });
};

/** The limits where an operator has set none. */
const volumeLimitsIn = ({ volume }: NovaConfig): VolumeLimits => ({
  volumes: volume.quota_volumes,
  snapshots: volume.quota_snapshots,
  gigabytes: volume.quota_gigabytes,
  per_volume_gigabytes: volume.per_volume_size_limit,
  backups: volume.quota_backups,
  backup_gigabytes: volume.quota_backup_gigabytes,
  groups: volume.quota_groups,
});

/** The workflows of volumes, which conductors run like those of servers. */
export async function volumeDefinitions(shared: Shared): Promise<WorkflowDefinition[]> {
  const { runtime, bus, db } = shared;
  const { clock, ids, log, config } = runtime;
  const images = await openImages(shared);
  const volume = clientOf(volumeRpc, bus);
  const group = hostLiveness(bus, volumeGroup(shared));
  const isUp = ({ host }: { readonly host: string }) => group.isUp({ binary: 'cinder-volume', host });
  const work = {
    clock,
    log,
    serviceGroup: { isUp },
    compute: { abortTask: volume.abortTask },
    options: { hostWorkTimeoutMs: HOST_WORK_TIMEOUT_MS },
  };
  return volumeWorkflows({
    db,
    volume,
    images: imagesOfVolumes(images, config),
    group,
    onHost: (w, host, send) => workOnHost(work, w, asId<HostName>(host), send),
    tellGrown: (ctx, grown) => followGrownVolume({ db, ids, conductor: new ConductorApi(clientOf(conductorRpc, bus), log) }, ctx, grown),
    clock,
    ids,
  });
}
