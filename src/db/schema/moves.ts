import type { ColumnType, Generated } from 'kysely';
import type { Flavor } from '../../objects/flavor.ts';
import type { Transfer } from '../../objects/live-migration.ts';
import type { MigrationStatus, MigrationType } from '../../objects/migration.ts';
import type { Json, OptionalJson, Time } from './columns.ts';

/** A move of a server between hosts or to another size. */
export interface ServerMigrationsTable {
  number: Generated<number>;
  id: string;
  server_id: string;
  type: MigrationType;
  status: MigrationStatus;
  source_host: string;
  source_node: string;
  dest_host: string | null;
  dest_node: string | null;
  dest_ip: string | null;
  flavor_before: Json<Flavor>;
  flavor_before_number: number;
  flavor_after: Json<Flavor>;
  flavor_after_number: number;
  was_stopped: ColumnType<boolean, boolean, never>;
  transfer: OptionalJson<Transfer>;
  user_id: string | null;
  project_id: string | null;
  created_at: Time;
  updated_at: Time;
}

export interface MoveTables {
  server_migrations: ServerMigrationsTable;
}
