import type { HostRow } from '../db/stores/hosts.ts';

/** A host as filters and weighers see it: a value of one instant. */
export interface HostState extends HostRow {
  readonly up: boolean;
  readonly freeRamMb: number;
  readonly freeVcpus: number;
  readonly freeDiskGb: number;
  /** Of the servers that the request's hints name, those that are here and belong to the asking project. */
  readonly hintedServers: readonly string[];
}

/** What is free is what may be promised (capacity less the host's own, times its ratio) less what is claimed. */
export const hostStateOf = (row: HostRow, downAfterSeconds: number, hintedServers: readonly string[] = []): HostState => ({
  ...row,
  up: !row.forcedDown && row.silentSeconds <= downAfterSeconds,
  freeRamMb: Math.floor((row.memoryMb - row.reservedMemoryMb) * row.ramAllocationRatio) - row.memoryMbUsed,
  freeVcpus: Math.floor(row.vcpus * row.cpuAllocationRatio) - row.vcpusUsed,
  freeDiskGb: Math.floor(row.localGb * row.diskAllocationRatio) - row.localGbUsed,
  hintedServers,
});
