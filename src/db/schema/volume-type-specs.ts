import type { ColumnType } from 'kysely';
import type { ControlLocation, QosConsumer } from '../../objects/volume-type-specs.ts';
import type { Json, Time } from './columns.ts';

type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;

/** Limits that types may share. */
export interface VolumeQosSpecsTable {
  id: string;
  name: string;
  consumer: QosConsumer;
  specs: Json<Readonly<Record<string, string>>>;
  created_at: Time;
  updated_at: Optional<Date>;
}

export interface VolumeTypeEncryptionsTable {
  type_id: string;
  id: string;
  provider: string;
  control_location: ControlLocation;
  cipher: Optional<string>;
  key_size: Optional<number>;
  created_at: Time;
  updated_at: Optional<Date>;
}

/** The type of a project's volumes that name none. */
export interface VolumeDefaultTypesTable {
  project_id: string;
  type_id: string;
}

export interface VolumeTypeSpecsTables {
  volume_qos_specs: VolumeQosSpecsTable;
  volume_type_encryptions: VolumeTypeEncryptionsTable;
  volume_default_types: VolumeDefaultTypesTable;
}
