import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Flavor } from '../../objects/flavor.ts';
import type { ImageMeta } from '../../objects/image.ts';
import type { NetworkInfo } from '../../objects/network-info.ts';
import type { InjectedFile } from '../../objects/server.ts';
import type { PowerState, TaskState, VmState } from '../../objects/states.ts';

/** A column of JSON that is read as T and written as text. */
type Json<T extends object | null> = JSONColumnType<T, string, string>;

/** A column of JSON that may be empty. */
type OptionalJson<T extends object> = ColumnType<T | null, string | null | undefined, string | null>;

/** A time that the database fills in when it is not given. */
type Time = ColumnType<Date, Date | undefined, Date>;

export interface ServersTable {
  id: string;
  number: Generated<number>;
  project_id: string;
  user_id: string;
  name: string;
  description: string | null;
  hostname: string;
  vm_state: VmState;
  task_state: TaskState | null;
  power_state: ColumnType<PowerState, PowerState | undefined, PowerState>;
  workflow_id: string | null;
  host: string | null;
  node: string | null;
  requested_zone: string | null;
  zone: string | null;
  flavor: Json<Flavor>;
  image: OptionalJson<ImageMeta>;
  key_name: string | null;
  public_key: string | null;
  user_data: string | null;
  metadata: Json<Record<string, string>>;
  tags: Json<string[]>;
  files: ColumnType<InjectedFile[], string | undefined, string>;
  trusted_certificates: OptionalJson<string[]>;
  scheduler_hints: Json<Record<string, unknown>>;
  security_groups: Json<string[]>;
  network_info: Json<NetworkInfo>;
  config_drive: boolean;
  disk_config: 'AUTO' | 'MANUAL';
  access_ip_v4: string | null;
  access_ip_v6: string | null;
  progress: ColumnType<number, number | undefined, number>;
  locked_by: 'owner' | 'admin' | null;
  locked_reason: string | null;
  reservation_id: string;
  launch_index: number;
  root_device_name: string | null;
  guest_name_template: Generated<string>;
  fault: OptionalJson<{ code: number; message: string; details: string | null; createdAt: string }>;
  created_at: Time;
  updated_at: Time;
  launched_at: Date | null;
  terminated_at: Date | null;
}

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

export interface FlavorsTable {
  id: string;
  number: Generated<number>;
  name: string;
  vcpus: number;
  ram_mb: number;
  root_gb: number;
  ephemeral_gb: number;
  swap_mb: number;
  rxtx_factor: number;
  is_public: boolean;
  disabled: boolean;
  description: string | null;
  extra_specs: Json<Record<string, string>>;
  created_at: Time;
  updated_at: Time;
}

export interface FlavorProjectsTable {
  flavor_id: string;
  project_id: string;
}

export interface KeypairsTable {
  id: Generated<number>;
  user_id: string;
  name: string;
  type: 'ssh' | 'x509';
  fingerprint: string;
  public_key: string;
  created_at: Time;
}

/** What a user asked of a server, and how it ended (os-instance-actions). */
export interface InstanceActionsTable {
  id: Generated<number>;
  server_id: string;
  action: string;
  request_id: string;
  user_id: string | null;
  project_id: string | null;
  message: string | null;
  started_at: Time;
  finished_at: Date | null;
}

/** A step of what was done to a server, as os-instance-actions shows it. */
export interface InstanceActionEventsTable {
  id: Generated<number>;
  server_id: string;
  request_id: string;
  workflow_id: string;
  step: string;
  event: string;
  host: string | null;
  result: 'Success' | 'Error' | null;
  traceback: string | null;
  details: string | null;
  started_at: Time;
  finished_at: Date | null;
}

/** Every state change there ever was, in order, appended in the transaction that made it. */
export interface EventsTable {
  seq: Generated<number>;
  type: string;
  subject: string;
  project_id: string | null;
  request_id: string;
  payload: Json<Record<string, unknown>>;
  at: Time;
}

/** The first answer to a mutating call that carried an Idempotency-Key. */
export interface IdempotencyKeysTable {
  project_id: string;
  key: string;
  fingerprint: string;
  status: number | null;
  headers: OptionalJson<Record<string, string>>;
  body: string | null;
  /** The request that does the work; one that comes again after a crash goes on under this id. */
  request_id: string;
  /** Until when that request is waited for. */
  reserved_until: Time;
  created_at: Time;
}

/** Why a request went where it went, or nowhere. */
export interface SchedulingDecisionsTable {
  id: string;
  server_id: string;
  request_id: string;
  chosen: string | null;
  alternates: Json<string[]>;
  /** Per filter, in order: how many hosts it saw, how many it refused, and why: the commonest reasons, each with some hosts. */
  refusals: Json<
    {
      filter: string;
      seen: number;
      refused: number;
      reasons: { because: string; hosts: number; examples: string[] }[];
      otherReasons: number;
    }[]
  >;
  weights: Json<{ host: string; weight: number }[]>;
  at: Time;
}

export interface ComputeTables {
  servers: ServersTable;
  services: ServicesTable;
  compute_nodes: ComputeNodesTable;
  host_changes: HostChangesTable;
  claims: ClaimsTable;
  flavors: FlavorsTable;
  flavor_projects: FlavorProjectsTable;
  keypairs: KeypairsTable;
  instance_actions: InstanceActionsTable;
  instance_action_events: InstanceActionEventsTable;
  events: EventsTable;
  idempotency_keys: IdempotencyKeysTable;
  scheduling_decisions: SchedulingDecisionsTable;
}
