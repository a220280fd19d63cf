import { freeIn } from '../../objects/pci/pick-devices.ts';
import type { HostState } from '../host-state.ts';
import type { SchedulerOptions } from '../options.ts';
import type { ResolvedRequest } from '../request.ts';
import type { Weigher } from './weigher.ts';

/** More free devices than these make no difference. */
const MAX_DEVICES = 100;

/** Every weigher (reference: scheduler, "Weighers"). Those of capacity are normalised from zero, so that a small difference stays small. */
export const allWeighers = [
  {
    name: 'RAMWeigher',
    multiplierOption: 'ram_weight_multiplier',
    least: 0,
    raw: (host: HostState) => host.freeRamMb,
  },
  {
    name: 'CPUWeigher',
    multiplierOption: 'cpu_weight_multiplier',
    least: 0,
    raw: (host: HostState) => host.freeVcpus,
  },
  {
    name: 'DiskWeigher',
    multiplierOption: 'disk_weight_multiplier',
    least: 0,
    raw: (host: HostState) => host.freeDiskGb,
  },
  {
    name: 'IoOpsWeigher',
    multiplierOption: 'io_ops_weight_multiplier',
    least: 0,
    raw: (host: HostState) => host.busyServers,
  },
  {
    name: 'NumInstancesWeigher',
    multiplierOption: 'num_instances_weight_multiplier',
    raw: (host: HostState) => host.servers,
  },
  {
    name: 'HypervisorVersionWeigher',
    multiplierOption: 'hypervisor_version_weight_multiplier',
    raw: (host: HostState) => host.hypervisorVersion,
  },
  {
    name: 'BuildFailureWeigher',
    multiplierOption: 'build_failure_weight_multiplier',
    raw: (host: HostState) => -host.failedBuilds,
  },
  {
    name: 'MetricsWeigher',
    multiplierOption: 'metrics_weight_multiplier',
    concerns: (_request: ResolvedRequest, { metricWeights }: SchedulerOptions) => metricWeights.length > 0,
    raw: ({ metrics }: HostState, _request: ResolvedRequest, { metricWeights, weightOfUnavailable }: SchedulerOptions) =>
      metricWeights.some(({ name }) => !Object.hasOwn(metrics, name))
        ? weightOfUnavailable
        : metricWeights.reduce((sum, { name, factor }) => sum + factor * (metrics[name] ?? 0), 0),
  },
  {
    name: 'ImagePropertiesWeigher',
    multiplierOption: 'image_props_weight_multiplier',
    needs: 'likeImages' as const,
    concerns: ({ likeImagesOn }: ResolvedRequest) => likeImagesOn !== undefined,
    raw: ({ host }: HostState, { likeImagesOn }: ResolvedRequest) => likeImagesOn?.get(host) ?? 0,
  },
  {
    name: 'PCIWeigher',
    multiplierOption: 'pci_weight_multiplier',
    // Hosts with few devices first: those with many stay free for guests that want them.
    raw: ({ devices, heldDevices }: HostState) => {
      if (devices.length === 0) return MAX_DEVICES;
      const held = new Set(heldDevices.flatMap(({ addresses }) => addresses));
      return MAX_DEVICES - Math.min(freeIn({ devices, held }).length, MAX_DEVICES - 1);
    },
  },
  {
    name: 'ServerGroupSoftAffinityWeigher',
    multiplierOption: 'soft_affinity_weight_multiplier',
    concerns: ({ group }: ResolvedRequest) => group?.policy === 'soft-affinity',
    raw: ({ host }: HostState, { group }: ResolvedRequest) => group?.membersOn.get(host) ?? 0,
  },
  {
    name: 'ServerGroupSoftAntiAffinityWeigher',
    multiplierOption: 'soft_anti_affinity_weight_multiplier',
    concerns: ({ group }: ResolvedRequest) => group?.policy === 'soft-anti-affinity',
    raw: ({ host }: HostState, { group }: ResolvedRequest) => -(group?.membersOn.get(host) ?? 0),
  },
] as const satisfies readonly Weigher[];

/** The multiplier of each weigher by default, by its option. */
export const defaultMultipliers = {
  ram_weight_multiplier: 1,
  cpu_weight_multiplier: 1,
  disk_weight_multiplier: 1,
  io_ops_weight_multiplier: -1,
  num_instances_weight_multiplier: 0,
  hypervisor_version_weight_multiplier: 1,
  build_failure_weight_multiplier: 1_000_000,
  metrics_weight_multiplier: 1,
  image_props_weight_multiplier: 0,
  pci_weight_multiplier: 1,
  soft_affinity_weight_multiplier: 1,
  soft_anti_affinity_weight_multiplier: 1,
} as const satisfies Record<(typeof allWeighers)[number]['multiplierOption'], number>;

/** The weighers that take part, with their multipliers: one of 0 changes nothing, unless an aggregate sets another. */
export const weighersWith = (multipliers: Readonly<Record<keyof typeof defaultMultipliers, number>>) =>
  allWeighers.map((weigher) => ({ ...weigher, multiplier: multipliers[weigher.multiplierOption] }));
