import type { ColumnType } from 'kysely';
import type { BackupStatus, VolumeFacts } from '../../objects/volume-backup.ts';
import type { Time } from './columns.ts';

type Defaulted<T> = ColumnType<T, T | undefined, T>;
type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;

export interface VolumeBackupsTable {
  id: string;
  project_id: string;
  user_id: string;
  volume_id: string;
  snapshot_id: Optional<string>;
  /** The backup that has the data which this one does not repeat. */
  parent_id: Optional<string>;
  name: Optional<string>;
  description: Optional<string>;
  container: Optional<string>;
  zone: string;
  size_gb: number;
  status: BackupStatus;
  object_count: Defaulted<number>;
  fail_reason: Optional<string>;
  metadata: ColumnType<Readonly<Record<string, string>>, string | undefined, string>;
  /** What a volume that is made of it takes over. */
  volume_facts: ColumnType<VolumeFacts, string | undefined, string>;
  store_id: string;
  /** The id under which the store has the data: two records may be of one backup. */
  data_id: string;
  data_timestamp: Time;
  /** The workflow that holds it. */
  workflow_id: Optional<string>;
  created_at: Time;
  updated_at: Optional<Date>;
}

export interface VolumeBackupTables {
  volume_backups: VolumeBackupsTable;
}
