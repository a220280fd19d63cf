import type { HostRow } from '../db/stores/hosts/host-changes.ts';

/** A host as filters and weighers see it: a value of one instant. */
export interface HostState extends HostRow {
  readonly up: boolean;
  /** How long it has given no sign of life, in seconds, when that is too long. */
  readonly silentSeconds: number | undefined;
  readonly freeRamMb: number;
  readonly freeVcpus: number;
  readonly freeDiskGb: number;
  /** Of the servers that the request's hints name, those that are here and belong to the asking project. */
  readonly hintedServers: readonly string[];
}

const nobody: readonly string[] = [];

/** What is free is what may be promised (capacity less the host's own, times its ratio) less what is claimed. */
export const hostStateOf = (row: HostRow, silentSeconds?: number): HostState => ({
  ...row,
  up: !row.forcedDown && silentSeconds === undefined,
  silentSeconds,
  freeRamMb: Math.floor((row.memoryMb - row.reservedMemoryMb) * row.ramAllocationRatio) - row.memoryMbUsed,
  freeVcpus: Math.floor(row.vcpus * row.cpuAllocationRatio) - row.vcpusUsed,
  freeDiskGb: Math.floor(row.localGb * row.diskAllocationRatio) - row.localGbUsed,
  hintedServers: nobody,
});
