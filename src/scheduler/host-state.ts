import type { HostRow } from '../db/stores/hosts/host-changes.ts';
import { freeOf, resourceClass } from '../objects/resources.ts';
import { traitsOf } from './traits.ts';

/** A host as filters and weighers see it: an immutable snapshot. */
export interface HostState extends HostRow {
  readonly up: boolean;
  /** Seconds since its last heartbeat, set only when the host counts as down. */
  readonly silentSeconds: number | undefined;
  /** Physical CPUs. */
  readonly vcpus: number;
  readonly freeRamMb: number;
  readonly freeVcpus: number;
  readonly freeDiskGb: number;
  /** What it can do, by the names of traits. */
  readonly traits: ReadonlySet<string>;
  /** The hinted servers that are on this host and belong to the requesting project. */
  readonly hintedServers: readonly string[];
}

const nobody: readonly string[] = [];

/** Free is (capacity - reserved) * ratio - allocated. */
export const hostStateOf = (row: HostRow, silentSeconds?: number): HostState => ({
  ...row,
  ...hardwareOf(row),
  up: !row.forcedDown && silentSeconds === undefined,
  silentSeconds,
  vcpus: row.inventories[resourceClass.vcpu]?.total ?? 0,
  freeRamMb: freeOf(row.inventories[resourceClass.memoryMb]),
  freeVcpus: freeOf(row.inventories[resourceClass.vcpu]),
  freeDiskGb: freeOf(row.inventories[resourceClass.diskGb]),
  hintedServers: nobody,
});

type Hardware = Pick<HostState, 'cpuInfo' | 'capabilities' | 'traits'>;

/** Hosts of one kind share what describes the kind: thousands of hosts have few kinds of hardware. */
const kinds = new Map<string, Hardware>();
const MAX_KINDS = 1_000;

function hardwareOf({ cpuInfo, capabilities }: HostRow): Hardware {
  const key = JSON.stringify([cpuInfo, capabilities]);
  const known = kinds.get(key);
  if (known) return known;
  if (kinds.size >= MAX_KINDS) kinds.clear();
  const made = { cpuInfo, capabilities, traits: traitsOf({ cpuInfo, capabilities }) };
  kinds.set(key, made);
  return made;
}
