import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { SharedAction, SharedType } from '../../objects/network-sharing.ts';

type Time = ColumnType<Date, Date | undefined, Date>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;

/** A policy that lets a project, or every one, use what another owns. */
export interface RbacPoliciesTable {
  id: Defaulted<string>;
  number: Generated<number>;
  project_id: string;
  object_type: SharedType;
  object_id: string;
  action: SharedAction;
  /** `*`: every project. */
  target_project: string;
}

export interface AddressScopesTable {
  id: string;
  number: Generated<number>;
  project_id: string;
  name: Defaulted<string>;
  ip_version: 4 | 6;
}

/** Prefixes that subnets are cut from. */
export interface SubnetPoolsTable extends AddressScopesTable {
  description: Defaulted<string>;
  prefixes: JSONColumnType<string[], string, string>;
  default_prefixlen: number;
  min_prefixlen: number;
  max_prefixlen: number;
  /** Addresses of IPv4, /64 prefixes of IPv6. */
  default_quota: ColumnType<number | null, number | null | undefined, number | null>;
  is_default: Defaulted<boolean>;
  address_scope_id: ColumnType<string | null, string | null | undefined, string | null>;
  tags: ColumnType<string[], readonly string[] | undefined, readonly string[]>;
  /** A trigger raises it with each change of the row. */
  revision_number: Generated<number>;
  created_at: Time;
  updated_at: Time;
}

export interface NetworkSharingTables {
  rbac_policies: RbacPoliciesTable;
  address_scopes: AddressScopesTable;
  subnet_pools: SubnetPoolsTable;
}
