import type { ColumnType } from 'kysely';
import type { PoolReport } from '../../objects/volume-host.ts';
import type { AttachMode, AttachStatus, SnapshotStatus, VolumeStatus } from '../../objects/volume.ts';
import type { Json, OptionalJson, Time } from './columns.ts';
import type { VolumeBackupTables } from './volume-backups.ts';
import type { VolumeTransferTables } from './volume-transfers.ts';
import type { VolumeTypeSpecsTables } from './volume-type-specs.ts';

type Texts = Readonly<Record<string, string>>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;
type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;
type LaterTime = Optional<Date>;

export interface VolumeTypesTable {
  id: string;
  name: string;
  description: Optional<string>;
  is_public: Defaulted<boolean>;
  extra_specs: Json<Texts>;
  qos_specs_id: Optional<string>;
  created_at: Time;
  updated_at: LaterTime;
}

/** A project that may use a private type. */
export interface VolumeTypeProjectsTable {
  type_id: string;
  project_id: string;
}

export interface VolumesTable {
  id: string;
  project_id: string;
  user_id: string;
  name: Optional<string>;
  description: Optional<string>;
  size_gb: number;
  /** The size that it gets: counted by quotas as if it had it. */
  wanted_size_gb: Optional<number>;
  status: VolumeStatus;
  /** The state that it returns to after the work under way. */
  previous_status: Optional<VolumeStatus>;
  migration_status: Optional<string>;
  type_id: Optional<string>;
  zone: string;
  /** `host@backend#pool`, once the scheduler has chosen. */
  host: Optional<string>;
  snapshot_id: Optional<string>;
  source_volume_id: Optional<string>;
  group_id: Optional<string>;
  is_bootable: Defaulted<boolean>;
  is_multiattach: Defaulted<boolean>;
  is_read_only: Optional<boolean>;
  metadata: ColumnType<Texts, string | undefined, string>;
  image_metadata: OptionalJson<Texts>;
  /** The workflow that holds it. */
  workflow_id: Optional<string>;
  created_at: Time;
  updated_at: LaterTime;
}

export interface VolumeSnapshotsTable {
  id: string;
  volume_id: string;
  project_id: string;
  user_id: string;
  name: Optional<string>;
  description: Optional<string>;
  size_gb: number;
  status: SnapshotStatus;
  progress: Defaulted<string>;
  metadata: ColumnType<Texts, string | undefined, string>;
  group_snapshot_id: Optional<string>;
  workflow_id: Optional<string>;
  created_at: Time;
  updated_at: LaterTime;
}

export interface VolumeAttachmentsTable {
  id: string;
  volume_id: string;
  project_id: string;
  server_id: Optional<string>;
  attached_host: Optional<string>;
  mountpoint: Optional<string>;
  status: AttachStatus;
  mode: Optional<AttachMode>;
  connector: OptionalJson<Readonly<Record<string, unknown>>>;
  connection_info: OptionalJson<Readonly<Record<string, unknown>>>;
  /** The service that must be asked to give the volume back. */
  held_by: Optional<string>;
  attached_at: LaterTime;
  created_at: Time;
  updated_at: LaterTime;
}

/** What a volume host last told of a pool. */
export interface VolumePoolsTable {
  name: string;
  /** `host@backend`. */
  host: string;
  report: Json<PoolReport>;
  reported_at: Time;
}

/** A service of volumes, with its last heartbeat. */
export interface VolumeServicesTable {
  binary: string;
  /** `host@backend` of volume hosts. */
  host: string;
  disabled: Defaulted<boolean>;
  disabled_reason: Optional<string>;
  seen_at: Time;
}

/** A limit of a project, or of a class (`class:<name>`); -1 is unlimited. */
export interface VolumeQuotasTable {
  owner: string;
  resource: string;
  hard_limit: number;
}

/** Why work in the background failed, for the owner of the thing. */
export interface VolumeMessagesTable {
  id: string;
  project_id: string;
  request_id: string;
  resource_type: string;
  resource_id: string;
  event_id: string;
  text: string;
  created_at: Time;
  expires_at: Date;
}

export interface VolumeTables extends VolumeBackupTables, VolumeTransferTables, VolumeTypeSpecsTables {
  volume_types: VolumeTypesTable;
  volume_type_projects: VolumeTypeProjectsTable;
  volumes: VolumesTable;
  volume_snapshots: VolumeSnapshotsTable;
  volume_attachments: VolumeAttachmentsTable;
  volume_pools: VolumePoolsTable;
  volume_services: VolumeServicesTable;
  volume_quotas: VolumeQuotasTable;
  volume_messages: VolumeMessagesTable;
}
