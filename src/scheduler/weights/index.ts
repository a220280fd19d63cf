import type { Weigher } from './weigher.ts';

/** Spread by memory, CPUs and disk, as Nova does (reference: scheduler, "Weighers"). */
export const allWeighers: readonly Weigher[] = [
  { name: 'RAMWeigher', multiplierOption: 'ram_weight_multiplier', defaultMultiplier: 1, raw: (host) => host.freeRamMb },
  { name: 'CPUWeigher', multiplierOption: 'cpu_weight_multiplier', defaultMultiplier: 1, raw: (host) => host.freeVcpus },
  { name: 'DiskWeigher', multiplierOption: 'disk_weight_multiplier', defaultMultiplier: 1, raw: (host) => host.freeDiskGb },
];
