import type { ColumnType, Generated } from 'kysely';
import type { Json, OptionalJson, Time } from './columns.ts';

/** One running service; its liveness is the age of `seen_at`, by the database's own clock. */
export interface ServicesTable {
  id: string;
  number: Generated<number>;
  binary: string;
  host: string;
  zone: string;
  disabled: ColumnType<boolean, boolean | undefined, boolean>;
  disabled_reason: string | null;
  forced_down: ColumnType<boolean, boolean | undefined, boolean>;
  seen_at: Time;
  created_at: Time;
  updated_at: Time;
}

/** A hypervisor's capacity as its host reported it, and what claims take of it: `*_used` is the sum over `claims`, kept by the same statement. */
export interface ComputeNodesTable {
  id: string;
  number: Generated<number>;
  host: string;
  node: string;
  host_ip: string;
  vcpus: number;
  memory_mb: number;
  local_gb: number;
  vcpus_used: ColumnType<number, number | undefined, number>;
  memory_mb_used: ColumnType<number, number | undefined, number>;
  local_gb_used: ColumnType<number, number | undefined, number>;
  cpu_allocation_ratio: number;
  ram_allocation_ratio: number;
  disk_allocation_ratio: number;
  reserved_memory_mb: number;
  hypervisor_type: string;
  hypervisor_version: number;
  cpu_info: Json<Record<string, unknown>>;
  supported_instances: Json<[string, string, string][]>;
  /** In the host's own words, as of its last report. */
  uptime: string | null;
  /** What its hypervisor can do that not every one can; null until it has said. */
  capabilities: OptionalJson<string[]>;
  /** The number of the compute contract that the host speaks. */
  contract: Generated<number>;
  created_at: Time;
  updated_at: Time;
}

/** The transaction that last changed a host (its node, its service, what is claimed), or removed it; written by triggers. */
export interface HostChangesTable {
  host: string;
  /** A number of 64 bits. */
  changed_in: string;
}

/** What one server holds on one host. */
export interface ClaimsTable {
  server_id: string;
  host: string;
  vcpus: number;
  memory_mb: number;
  local_gb: number;
  created_at: Time;
}

export interface HostTables {
  services: ServicesTable;
  compute_nodes: ComputeNodesTable;
  host_changes: HostChangesTable;
  claims: ClaimsTable;
}
