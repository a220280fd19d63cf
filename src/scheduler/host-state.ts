import type { HostRow } from '../db/stores/hosts/host-changes.ts';
import { freeOf, resourceClass } from '../objects/resources.ts';

/** A host as filters and weighers see it: a value of one instant. */
export interface HostState extends HostRow {
  readonly up: boolean;
  /** How long it has given no sign of life, in seconds, when that is too long. */
  readonly silentSeconds: number | undefined;
  /** Real CPUs. */
  readonly vcpus: number;
  readonly freeRamMb: number;
  readonly freeVcpus: number;
  readonly freeDiskGb: number;
  /** Of the servers that the request's hints name, those that are here and belong to the asking project. */
  readonly hintedServers: readonly string[];
}

const nobody: readonly string[] = [];

/** What is free is what may be promised (capacity less the host's own, times its ratio) less what is allocated. */
export const hostStateOf = (row: HostRow, silentSeconds?: number): HostState => ({
  ...row,
  up: !row.forcedDown && silentSeconds === undefined,
  silentSeconds,
  vcpus: row.inventories[resourceClass.vcpu]?.total ?? 0,
  freeRamMb: freeOf(row.inventories[resourceClass.memoryMb]),
  freeVcpus: freeOf(row.inventories[resourceClass.vcpu]),
  freeDiskGb: freeOf(row.inventories[resourceClass.diskGb]),
  hintedServers: nobody,
});
