import type { HostState } from '../host-state.ts';
import type { ResolvedRequest } from '../request.ts';
import type { Weigher } from './weigher.ts';

/** Spread by memory, CPUs and disk, as Nova does (reference: scheduler, "Weighers"). Normalised from zero, so that a small difference stays small. */
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
