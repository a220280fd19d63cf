import type { ColumnType } from 'kysely';
import type { Time } from './columns.ts';

/** A volume that is offered to whoever has the key; gone once it is accepted. */
export interface VolumeTransfersTable {
  id: string;
  volume_id: string;
  project_id: string;
  name: ColumnType<string | null, string | null | undefined, string | null>;
  key_salt: string;
  key_hash: string;
  no_snapshots: boolean;
  created_at: Time;
}

export interface VolumeTransferTables {
  volume_transfers: VolumeTransfersTable;
}
