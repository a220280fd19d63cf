import type { Generated } from 'kysely';
import type { Json, Time } from './columns.ts';

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

export interface FlavorTables {
  flavors: FlavorsTable;
  flavor_projects: FlavorProjectsTable;
}
