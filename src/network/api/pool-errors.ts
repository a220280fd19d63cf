/** The errors of subnet pools, address scopes and sharing, with Neutron's names. */
import { errorType } from '../../lib/errors/error-type.ts';

export const SubnetPoolNotFound = errorType(
  'SubnetPoolNotFound',
  'not-found',
  (p: { id: string }) => `Subnet pool ${p.id} could not be found.`,
);
export const AddressScopeNotFound = errorType(
  'AddressScopeNotFound',
  'not-found',
  (p: { id: string }) => `Address scope ${p.id} could not be found`,
);
export const RbacPolicyNotFound = errorType(
  'RbacPolicyNotFound',
  'not-found',
  (p: { id: string }) => `RBAC policy with ID ${p.id} not found`,
);

export const EmptySubnetPoolPrefixList = errorType('EmptySubnetPoolPrefixList', 'invalid', () => 'Empty subnet pool prefix list.');

export const PrefixVersionMismatch = errorType(
  'PrefixVersionMismatch',
  'invalid',
  () => 'Cannot mix IPv4 and IPv6 prefixes in a subnet pool.',
);

export const IllegalPrefixBounds = errorType(
  'IllegalSubnetPoolPrefixBounds',
  'invalid',
  (p: { field: string; length: number; other: string; limit: number }) =>
    `Illegal prefix bounds: ${p.field}=${p.length}, ${p.other}=${p.limit}.`,
);

/** Subnets may have been taken from prefixes that would go. */
export const IllegalPrefixUpdate = errorType(
  'IllegalSubnetPoolPrefixUpdate',
  'invalid',
  (p: { reason: string }) => `Illegal update to prefixes: ${p.reason}.`,
);

export const IllegalSubnetPoolUpdate = errorType(
  'IllegalSubnetPoolUpdate',
  'invalid',
  (p: { reason: string }) => `Illegal subnetpool update: ${p.reason}.`,
);

export const SubnetPoolInUse = errorType(
  'SubnetPoolDeleteError',
  'invalid',
  () => 'Unable to delete subnet pool: Subnet pool has existing allocations.',
);

export const IllegalScopeOfPool = errorType(
  'IllegalSubnetPoolIpVersionAssociationToAddressScope',
  'invalid',
  (p: { poolId: string; scopeId: string; ipVersion: number }) =>
    `Illegal subnetpool association: subnetpool ${p.poolId} cannot associate with address scope ${p.scopeId} because subnetpool ip_version is not ${p.ipVersion}.`,
);

export const AddressScopePrefixConflict = errorType(
  'AddressScopePrefixConflict',
  'conflict',
  () => 'Failed to associate address scope: subnetpools within an address scope must have unique prefixes.',
);

export const AddressScopeInUse = errorType(
  'AddressScopeInUse',
  'conflict',
  (p: { id: string }) =>
    `Unable to complete operation on address scope ${p.id}. There are one or more subnet pools in use on the address scope`,
);

export const AddressScopeUpdateError = errorType(
  'AddressScopeUpdateError',
  'invalid',
  (p: { id: string; reason: string }) => `Unable to update address scope ${p.id} : ${p.reason}`,
);

/** All prefixes of a pool are taken, or the one that is asked for. */
export const SubnetAllocationError = errorType(
  'SubnetAllocationError',
  'conflict',
  (p: { reason: string }) => `Failed to allocate subnet: ${p.reason}.`,
);

export const PrefixTooLong = errorType(
  'MaxPrefixSubnetAllocationError',
  'invalid',
  (p: { length: number; most: number }) => `Unable to allocate subnet with prefix length ${p.length}, maximum allowed prefix is ${p.most}.`,
);

export const PrefixTooShort = errorType(
  'MinPrefixSubnetAllocationError',
  'invalid',
  (p: { length: number; least: number }) =>
    `Unable to allocate subnet with prefix length ${p.length}, minimum allowed prefix is ${p.least}.`,
);

export const SubnetPoolQuotaExceeded = errorType(
  'SubnetPoolQuotaExceeded',
  'conflict',
  () => 'Per-tenant subnet pool prefix quota exceeded.',
);

/** The subnets of one version on a network are of one pool. */
export const SubnetPoolAffinityError = errorType(
  'NetworkSubnetPoolAffinityError',
  'invalid',
  () => 'Subnets hosted on the same network must be allocated from the same subnet pool.',
);

export const DuplicateRbacPolicy = errorType('DuplicateRbacPolicy', 'conflict', () => 'An RBAC policy already exists with those values.');

export const RbacPolicyInUse = errorType(
  'RbacPolicyInUse',
  'conflict',
  (p: { objectId: string; projects: readonly string[] }) =>
    `RBAC policy on object ${p.objectId} cannot be removed because other objects depend on it. Details: used by ${p.projects.join(', ')}`,
);
