import type { HostState } from '../host-state.ts';
import type { Weigher } from './weigher.ts';

/** Spread by memory, CPUs and disk, as Nova does (reference: scheduler, "Weighers"). Counted from nothing, so that a small difference stays small. */
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
] as const satisfies readonly Weigher[];
