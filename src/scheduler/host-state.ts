import type { HostRow } from '../db/stores/hosts.ts';

/** A host as filters and weighers see it: a value of one instant. */
export interface HostState extends HostRow {
  readonly up: boolean;
  readonly freeRamMb: number;
  readonly freeVcpus: number;
  readonly freeDiskGb: number;
}

/** What is free is what may be promised (capacity less the host's own, times its ratio) less what is claimed. */
export const hostStateOf = (row: HostRow, downAfterSeconds: number): HostState => ({
  ...row,
  up: !row.forcedDown && row.silentSeconds <= downAfterSeconds,
  freeRamMb: Math.floor((row.memoryMb - row.reservedMemoryMb) * row.ramAllocationRatio) - row.memoryMbUsed,
  freeVcpus: Math.floor(row.vcpus * row.cpuAllocationRatio) - row.vcpusUsed,
  freeDiskGb: Math.floor(row.localGb * row.diskAllocationRatio) - row.localGbUsed,
});
