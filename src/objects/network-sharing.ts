/** The records of what projects let each other use, and of the pools and scopes of addresses. */
import type { Kept, Tagged } from './network.ts';

/** The kinds of objects that a project can let others use. */
export const sharedTypes = ['network', 'security_group', 'address_scope', 'subnetpool', 'qos_policy'] as const;
export type SharedType = (typeof sharedTypes)[number];

/** What a policy lets the target do: use the object as if it were shared or, of a network, lead routers and floating IPs out by it. */
export const sharedActions = ['access_as_shared', 'access_as_external'] as const;
export type SharedAction = (typeof sharedActions)[number];

/** A policy that lets a project, or every one, use an object. */
export interface RbacPolicy {
  readonly id: string;
  readonly number: number;
  readonly projectId: string;
  readonly objectType: SharedType;
  readonly objectId: string;
  readonly action: SharedAction;
  /** `*`: every project. */
  readonly targetProject: string;
}

/** Addresses that mean the same everywhere within it: no router translates between its networks. */
export interface AddressScope extends Pick<Kept, 'number' | 'projectId' | 'name'> {
  readonly id: string;
  readonly ipVersion: 4 | 6;
  readonly isShared: boolean;
}

/** Prefixes that subnets are cut from. */
export interface SubnetPool extends Tagged {
  readonly id: string;
  readonly ipVersion: 4 | 6;
  /** Merged, in order. */
  readonly prefixes: readonly string[];
  readonly defaultPrefixLength: number;
  readonly minPrefixLength: number;
  readonly maxPrefixLength: number;
  /** How much one project may take: addresses of IPv4, /64 prefixes of IPv6; null: no limit. */
  readonly defaultQuota: number | null;
  readonly isDefault: boolean;
  readonly isShared: boolean;
  readonly addressScopeId: string | null;
}
