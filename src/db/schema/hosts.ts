import type { ColumnType, Generated } from 'kysely';
import type { GuestPlacement } from '../../objects/numa/guest-placement.ts';
import type { HostDevice, PlacedDevice } from '../../objects/pci/host-device.ts';
import type { HostTopology } from '../../objects/numa/host-topology.ts';
import type { PlacementRole } from '../../objects/placement-role.ts';
import type { Json, OptionalJson, Time } from './columns.ts';

/** A service; it is up if `seen_at` is recent by the database's clock. */
export interface ServicesTable {
  id: string;
  number: Generated<number>;
  binary: string;
  host: string;
  zone: string;
  disabled: ColumnType<boolean, boolean | undefined, boolean>;
  disabled_reason: string | null;
  forced_down: ColumnType<boolean, boolean | undefined, boolean>;
  /** It has been forced down, and has sent no heartbeat since that ended. */
  was_forced_down: ColumnType<boolean, boolean | undefined, boolean>;
  seen_at: Time;
  created_at: Time;
  updated_at: Time;
}

/** A hypervisor as its host reported it; its resources are in `inventories`. */
export interface ComputeNodesTable {
  id: string;
  number: Generated<number>;
  host: string;
  node: string;
  host_ip: string;
  hypervisor_type: string;
  hypervisor_version: number;
  cpu_info: Json<Record<string, unknown>>;
  supported_instances: Json<[string, string, string][]>;
  /** In the host's own words, as of its last report. */
  uptime: string | null;
  /** Optional capabilities of its hypervisor; null until reported. */
  capabilities: OptionalJson<string[]>;
  /** Its nodes; null until reported. */
  topology: OptionalJson<HostTopology>;
  devices: OptionalJson<HostDevice[]>;
  /** The number of the compute contract that the host speaks. */
  contract: Generated<number>;
  /** Guests in a row that could not be made there; 0 after a success. */
  failed_builds: Generated<number>;
  /** What the host measured, by name; empty where it measures nothing. */
  metrics: ColumnType<Record<string, number>, string | undefined, string>;
  created_at: Time;
  updated_at: Time;
}

/** A host's reported capacity of one resource class; `used` is the sum over `allocations`, updated by the statements that write them. */
export interface InventoriesTable {
  host: string;
  resource_class: string;
  total: number;
  reserved: number;
  allocation_ratio: number;
  used: ColumnType<number, number | undefined, number>;
}

/** The transaction that last changed or deleted a host (its node, service, inventories); written by triggers. */
export interface HostChangesTable {
  host: string;
  /** A 64-bit number, as text. */
  changed_in: string;
}

/** A host that a server is on, moves to or leaves: at most one row for a server and a host, at most one `current` for a server. */
export interface PlacementsTable {
  /** A 64-bit number, as text. */
  id: Generated<string>;
  server_id: string;
  host: string;
  role: PlacementRole;
  /** The workflow that moves the server here or away. */
  workflow_id: string | null;
  /** The nodes, CPUs and pages of the host that the server has there; null where it takes any. */
  numa: OptionalJson<GuestPlacement>;
  devices: OptionalJson<PlacedDevice[]>;
  created_at: Time;
}

/** What a placement takes of its host; a class of which it takes nothing has no row. Inserted with the placement, never changed. */
export interface AllocationsTable {
  placement_id: string;
  resource_class: string;
  amount: number;
}

/** A group of hosts; its metadata give scheduler filters, or an availability zone. */
export interface AggregatesTable {
  id: Generated<number>;
  uuid: string;
  name: string;
  metadata: Json<Record<string, string>>;
  created_at: Time;
  updated_at: Date | null;
}

/** The hosts of aggregates; a deleted host is in none. */
export interface AggregateHostsTable {
  aggregate_id: number;
  host: string;
}

/** The newest build of the agent for guests of a kind. */
export interface AgentBuildsTable {
  id: Generated<number>;
  hypervisor: string;
  os: string;
  architecture: string;
  version: string;
  url: string;
  md5hash: string;
}

/** The audit of a host's servers in a period. */
export interface UsageAuditsTable {
  host: string;
  period_begin: Date;
  period_end: Date;
  /** How many servers it told. */
  servers: number;
  audited_at: Time;
}

export interface HostTables {
  services: ServicesTable;
  compute_nodes: ComputeNodesTable;
  host_changes: HostChangesTable;
  inventories: InventoriesTable;
  placements: PlacementsTable;
  allocations: AllocationsTable;
  aggregates: AggregatesTable;
  aggregate_hosts: AggregateHostsTable;
  agent_builds: AgentBuildsTable;
  usage_audits: UsageAuditsTable;
}
