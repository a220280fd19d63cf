import type { ColumnType, Generated } from 'kysely';
import type { Flavor } from '../../objects/flavor.ts';
import type { ImageMeta } from '../../objects/image.ts';
import type { NetworkInfo } from '../../objects/network-info.ts';
import type { Creator, InjectedFile, Shelved } from '../../objects/server.ts';
import type { ServerVolume } from '../../objects/server-volume.ts';
import type { PowerState, TaskState, VmState } from '../../objects/states.ts';
import type { Json, OptionalJson, Time } from './columns.ts';

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
  /** The network service's version of `network_info`: an older one that arrives later is not written. */
  addresses_version: ColumnType<number, number | undefined, number>;
  volumes: ColumnType<ServerVolume[], string | undefined, string>;
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
  shelved: OptionalJson<Shelved>;
  creator: OptionalJson<Creator>;
  created_at: Time;
  updated_at: Time;
  launched_at: Date | null;
  terminated_at: Date | null;
  /** The administrator's password for the guest that is being made or changed; null once that is done. */
  admin_password: ColumnType<string | null, string | null | undefined, string | null>;
  /** The password that the guest chose for itself, encrypted for its owner; null until it posts one. */
  guest_password: ColumnType<string | null, string | null | undefined, string | null>;
  /** When it was deleted, while it can still be restored. */
  deleted_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
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

/** A user's action on a server, and how it ended (os-instance-actions). */
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

/** A step of an action, as os-instance-actions shows it. */
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

/** Why a host was chosen for a server, or none. */
export interface SchedulingDecisionsTable {
  id: string;
  server_id: string;
  request_id: string;
  chosen: string | null;
  alternates: Json<string[]>;
  /** For each filter, in order: how many hosts it checked and refused, and the most frequent reasons, each with some hosts. */
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

/** A row of a deleted server that was archived: from which table, and all of it. */
export interface ArchivedRowsTable {
  id: Generated<number>;
  source: string;
  server_id: string;
  deleted_at: Date;
  archived_at: Time;
  content: Json<Record<string, unknown>>;
}

export interface ServerTables {
  servers: ServersTable;
  keypairs: KeypairsTable;
  instance_actions: InstanceActionsTable;
  instance_action_events: InstanceActionEventsTable;
  scheduling_decisions: SchedulingDecisionsTable;
  archived_rows: ArchivedRowsTable;
}
