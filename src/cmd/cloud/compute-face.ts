import type { ComputeFaceDeps } from '../../api/openstack/compute/deps.ts';
import { AgentApi } from '../../compute/fleet/agent-api.ts';
import { AggregateApi } from '../../compute/aggregates/aggregate-api.ts';
import { ImageCachingApi } from '../../compute/aggregates/image-caching-api.ts';
import { ComputeApi } from '../../compute/api.ts';
import { ExtraSpecsApi } from '../../compute/flavors/extra-specs-api.ts';
import { FlavorAccessApi } from '../../compute/flavors/access-api.ts';
import { FlavorApi } from '../../compute/flavors/flavor-api.ts';
import { ConsoleApi } from '../../compute/servers/console-api.ts';
import { TopologyApi } from '../../compute/servers/topology-api.ts';
import { DiagnosticsApi } from '../../compute/servers/diagnostics-api.ts';
import { HostStatusApi } from '../../compute/servers/host-status-api.ts';
import { HostApi } from '../../compute/fleet/host-api.ts';
import { HypervisorApi } from '../../compute/fleet/hypervisor-api.ts';
import { InstanceActionApi } from '../../compute/servers/instance-action-api.ts';
import { LiveMigrationApi } from '../../compute/servers/live-migration-api.ts';
import { ServerGroupApi } from '../../compute/groups/server-group-api.ts';
import { MigrationApi } from '../../compute/fleet/migration-api.ts';
import { ExternalEventApi } from '../../compute/servers/external-event-api.ts';
import { InterfaceApi } from '../../compute/servers/interface-api.ts';
import { VolumeAttachmentApi } from '../../compute/servers/volume-attachment-api.ts';
import { KeypairApi } from '../../compute/keypairs/keypair-api.ts';
import { QuotaApi } from '../../compute/quotas/quota-api.ts';
import { preparersOf } from '../../compute/servers/work/index.ts';
import { deviceAliasesOf } from '../pci-options.ts';
import { bootResolver } from '../../compute/servers/resolve-boot.ts';
import { ServerEditApi } from '../../compute/servers/edit-api.ts';
import { ServerPortsApi } from '../../compute/servers/server-ports-api.ts';
import { ServiceApi } from '../../compute/fleet/service-api.ts';
import { ZoneApi } from '../../compute/fleet/zone-api.ts';
import { ProxiedImagesApi } from '../../compute/proxies/proxied-images-api.ts';
import { ProxiedVolumesApi } from '../../compute/proxies/proxied-volumes-api.ts';
import { ProxiedNetworksApi } from '../../compute/proxies/proxied-networks-api.ts';
import { ProxiedFloatingIpsApi } from '../../compute/proxies/proxied-floating-ips-api.ts';
import { ProxiedDefaultRulesApi } from '../../compute/proxies/proxied-default-rules-api.ts';
import { ProxiedGroupsApi } from '../../compute/proxies/proxied-groups-api.ts';
import { PingApi } from '../../compute/proxies/ping-api.ts';
import { UsageApi } from '../../compute/fleet/usage-api.ts';
import { ConductorApi } from '../../conductor/api.ts';
import { conductorRpc } from '../../conductor/rpcapi.ts';
import type { IdentityApi } from '../../identity/api.ts';
import type { ImageApi } from '../../image/api.ts';
import type { ImageSources } from '../../image/image-sources.ts';
import type { ServerImages } from '../../image/server-images.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import type { QuotaLimits } from '../../quota/resources.ts';
import { schedulerRpc } from '../../scheduler/rpcapi.ts';
import type { NetworkApi } from '../../network/api.ts';
import { networkRpc } from '../../network/rpcapi.ts';
import type { VolumeApi } from '../../volume/api.ts';
import type { ServerVolumes } from '../../volume/server-volumes.ts';
import type { Policy } from '../../policy/policy.ts';
import { imageLinksOf } from '../nova-config.ts';
import { consoleAuth } from './console-auth.ts';
import { computeClient } from './compute-client.ts';
import { imageSources, serverImages } from './images.ts';
import { publicUrlOf } from '../nova-config.ts';
import { quotaOptions } from './quota-options.ts';
import type { Runtime } from './runtime.ts';
import type { Shared } from './shared.ts';
import { auditingOf } from './usage-audit.ts';

interface Neighbours {
  readonly policy: Policy;
  readonly images: ImageApi;
  readonly networks: NetworkApi;
  readonly volumes: Pick<VolumeApi, 'volumes' | 'snapshots'>;
  readonly serverVolumes: ServerVolumes;
  readonly identity: Pick<IdentityApi, 'isProject' | 'isUser'>;
}

/** What the face needs of the program. */
type FaceShared = Pick<Shared, 'db' | 'bus' | 'group'> & { readonly runtime: Pick<Runtime, 'ids' | 'log' | 'config' | 'clock'> };

/** The compute APIs that REST calls. */
export function openComputeFace(
  { db, bus, runtime, group }: FaceShared,
  { policy, images, networks, volumes, serverVolumes, identity }: Neighbours,
): ComputeFaceDeps {
  const { ids, log, config, clock } = runtime;
  const quotaLimits = quotaOptions(config);
  const sources = imageSources(images, config);
  const conductor = new ConductorApi(clientOf(conductorRpc, bus), log);
  const around = { policy, images: { ...sources, ...serverImages(images, config) }, serverVolumes, networks, conductor, quotaLimits };
  const compute = serversOf({ db, bus, runtime, group }, around);
  const { isProject, isUser } = identity;
  const internalZone = config.DEFAULT.internal_service_availability_zone;
  const flavors = new FlavorApi({ db, policy, ids });
  return {
    compute,
    serverEdits: new ServerEditApi({ db, policy, quotaLimits }),
    instanceActions: new InstanceActionApi({ db, policy }),
    liveMigrations: new LiveMigrationApi({ db, policy, compute: computeClient({ db, bus }) }),
    serverPorts: new ServerPortsApi({ db, policy, networks }),
    externalEvents: new ExternalEventApi({ db, ids, policy, conductor, networks }),
    interfaces: new InterfaceApi({ db, ids, policy, conductor, networks, clock }),
    consoles: new ConsoleApi({ db, policy, consoles: consoleAuth({ db, bus, runtime }) }),
    volumeAttachments: new VolumeAttachmentApi({ db, ids, policy, conductor, volumes: serverVolumes, clock }),
    diagnostics: new DiagnosticsApi({ db, policy, compute, clock }),
    topology: new TopologyApi({ db, policy }),
    hostStatus: new HostStatusApi({ db, policy, group }),
    flavors,
    flavorAccess: new FlavorAccessApi({ db, policy, flavors, isProject }),
    extraSpecs: new ExtraSpecsApi({ db, policy, flavors }),
    quotas: new QuotaApi({ db, policy, quotaLimits, isProject, isUser }),
    services: new ServiceApi({ db, policy, group, internalZone }),
    hypervisors: new HypervisorApi({ db, policy, group }),
    hosts: new HostApi({ db, policy, internalZone }),
    usage: new UsageApi({ db, policy, clock, auditing: auditingOf(config) }),
    securityGroups: new ProxiedGroupsApi({ policy, networks }),
    defaultRules: new ProxiedDefaultRulesApi({ policy, networks }),
    imageProxy: new ProxiedImagesApi({ db, images, quotaLimits, imageLinks: imageLinksOf(config) }),
    volumeProxy: new ProxiedVolumesApi({ policy, volumes }),
    networkProxy: new ProxiedNetworksApi({ policy, networks }),
    floatingIps: new ProxiedFloatingIpsApi({ db, policy, networks, defaultPool: config.neutron.default_floating_pool }),
    pings: new PingApi({ db, policy, network: clientOf(networkRpc, bus) }),
    zones: new ZoneApi({ db, policy, group, internalZone }),
    keypairs: new KeypairApi({ db, policy, quotaLimits, clock }),
    migrations: new MigrationApi({ db, policy }),
    serverGroups: new ServerGroupApi({ db, policy, quotaLimits, ids }),
    agents: new AgentApi({ db, policy }),
    aggregates: new AggregateApi({ db, policy, ids }),
    imageCaching: new ImageCachingApi({
      db,
      policy,
      ids,
      conductor,
      images: sources,
      hostsAtATime: config.image_cache.precache_concurrency,
    }),
    imageUrl: publicUrlOf(config, 'image'),
    showsPasswords: config.api.enable_instance_password,
    maxLimit: config.api.max_limit,
  };
}

interface ServerDeps extends Pick<Neighbours, 'policy' | 'networks' | 'serverVolumes'> {
  readonly images: ImageSources & ServerImages;
  readonly conductor: ConductorApi;
  readonly quotaLimits: QuotaLimits;
}

/** The API of servers. */
function serversOf({ db, bus, runtime, group }: FaceShared, { images, serverVolumes: volumes, networks, ...deps }: ServerDeps): ComputeApi {
  const { ids, config } = runtime;
  const shared = { db, ids, compute: computeClient({ db, bus }), deviceAliases: deviceAliasesOf(config), ...deps };
  return new ComputeApi({
    ...shared,
    resolve: bootResolver({ ...shared, images, volumes, networks }),
    preparers: preparersOf({
      ...shared,
      images,
      volumes,
      group,
      scheduler: clientOf(schedulerRpc, bus),
      mayStay: config.DEFAULT.allow_resize_to_same_host,
      diskFormat: config.libvirt.snapshot_image_format,
      defaultRescueImageId: config.libvirt.rescue_image_id,
    }),
    forcesConfigDrive: config.DEFAULT.force_config_drive,
    keepsDeleted: config.DEFAULT.reclaim_instance_interval > 0,
    guestNameTemplate: config.DEFAULT.instance_name_template,
  });
}
