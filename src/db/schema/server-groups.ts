import type { Generated } from 'kysely';
import type { GroupPolicy } from '../../objects/server-group.ts';
import type { Time } from './columns.ts';

/** Servers with a policy on where they may be. */
export interface ServerGroupsTable {
  id: string;
  /** The order of creation. */
  number: Generated<number>;
  project_id: string;
  user_id: string;
  name: string;
  policy: GroupPolicy;
  /** Only with anti-affinity. */
  max_server_per_host: number | null;
  created_at: Time;
}

/** Members of groups; a deleted server is in none. */
export interface ServerGroupMembersTable {
  server_id: string;
  group_id: string;
}

export interface ServerGroupTables {
  server_groups: ServerGroupsTable;
  server_group_members: ServerGroupMembersTable;
}
