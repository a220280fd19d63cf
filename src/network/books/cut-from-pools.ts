/** Cuts subnets from pools: which pool, which prefix, and whether the project may take so much. */
import { defaultSubnetPool, findSubnetPool, lockSubnetPool, takenFrom } from '../../db/stores/network/subnet-pools.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import { isUuid } from '../../objects/ids.ts';
import type { Subnet } from '../../objects/network.ts';
import type { SubnetPool } from '../../objects/network-sharing.ts';
import {
  PrefixTooLong,
  PrefixTooShort,
  SubnetAllocationError,
  SubnetPoolAffinityError,
  SubnetPoolNotFound,
  SubnetPoolQuotaExceeded,
} from '../api/pool-errors.ts';
import { invalidInput } from '../errors.ts';
import { canonicalPrefix, parsePrefix, prefixesOverlap } from '../plan/ip-range.ts';
import { areCovered, freePrefix, quotaUnitsOf } from '../plan/pool-plan.ts';

/** What is asked of a subnet's prefix. */
export interface WantedCut {
  /** Left out with a pool: that of the pool. */
  readonly ipVersion?: 4 | 6;
  /** Left out with a pool: any. */
  readonly cidr?: string;
  /** How long a prefix to cut; left out: as the pool says. */
  readonly prefixLength?: number;
  readonly subnetPoolId?: string;
  readonly isOfDefaultPool?: boolean;
}

/** The pool to cut from; null: none, the prefix is given. Throws when the request names neither, or a pool that the project does not see. */
export async function poolFor(db: CloudDb, wanted: WantedCut, sight: string | null): Promise<SubnetPool | null> {
  const { cidr, prefixLength, subnetPoolId: id, isOfDefaultPool, ipVersion } = wanted;
  if (cidr !== undefined && prefixLength !== undefined)
    throw invalidInput('prefixlen', 'cidr and prefixlen must not be supplied together.');
  if (id === undefined && !isOfDefaultPool) {
    if (cidr === undefined) throw invalidInput('cidr', 'A subnetpool must be specified in the absence of a cidr.');
    if (ipVersion === undefined) throw invalidInput('ip_version', 'It must be specified in the absence of a subnetpool.');
    return null;
  }
  if (id !== undefined && isOfDefaultPool)
    throw invalidInput('subnetpool_id', 'subnetpool_id and use_default_subnetpool cannot both be specified.');
  if (id === undefined) return await defaultPool(db, ipVersion, sight);
  const pool = isUuid(id) ? await findSubnetPool(db, id, sight) : undefined;
  if (!pool) throw SubnetPoolNotFound({ id });
  if (ipVersion !== undefined && ipVersion !== pool.ipVersion)
    throw invalidInput('ip_version', `The subnet pool has addresses of version ${pool.ipVersion}.`);
  return pool;
}

async function defaultPool(db: CloudDb, ipVersion: 4 | 6 | undefined, sight: string | null): Promise<SubnetPool> {
  if (ipVersion === undefined) throw invalidInput('ip_version', 'It must be specified with use_default_subnetpool.');
  const pool = await defaultSubnetPool(db, ipVersion, sight);
  if (!pool) throw invalidInput('use_default_subnetpool', 'No default subnetpool found.');
  return pool;
}

/** Takes a prefix of the pool, which is locked until the transaction ends. @returns it */
export async function cut(
  trx: InCloud,
  { id }: SubnetPool,
  { cidr, prefixLength, projectId }: WantedCut & { projectId: string },
): Promise<string> {
  const pool = await lockSubnetPool(trx, id);
  if (!pool) throw SubnetPoolNotFound({ id });
  const taken = await takenFrom(trx, id);
  const cidrs = taken.map((one) => one.cidr);
  const length = (cidr === undefined ? prefixLength : parsePrefix(cidr)?.length) ?? pool.defaultPrefixLength;
  if (length < pool.minPrefixLength) throw PrefixTooShort({ length, least: pool.minPrefixLength });
  if (length > pool.maxPrefixLength) throw PrefixTooLong({ length, most: pool.maxPrefixLength });
  const found = cidr === undefined ? freePrefix(pool.prefixes, cidrs, length) : freeAs(cidr, pool, cidrs);
  if (found === undefined) throw SubnetAllocationError({ reason: `Insufficient prefix space to allocate subnet size /${length}` });
  const own = taken.filter((one) => one.projectId === projectId).map((one) => one.cidr);
  if (pool.defaultQuota !== null && quotaUnitsOf([...own, found]) > pool.defaultQuota) throw SubnetPoolQuotaExceeded({});
  return found;
}

function freeAs(text: string, pool: SubnetPool, taken: readonly string[]): string {
  const [cidr, prefix] = [canonicalPrefix(text), parsePrefix(text)];
  if (cidr === undefined || prefix === undefined) throw invalidInput('cidr', `'${text}' is not a valid IP subnet.`);
  const isTaken = taken.map(parsePrefix).some((other) => other && prefixesOverlap(other, prefix));
  if (isTaken || prefix.version !== pool.ipVersion || !areCovered([cidr], pool.prefixes))
    throw SubnetAllocationError({ reason: `Cannot allocate requested subnet from the available set of prefixes` });
  return cidr;
}

/** The subnets of one version on a network are of the same pool, or of none: their addresses mean the same to a router. */
export function refuseOtherPool(ipVersion: 4 | 6, pool: SubnetPool | null, others: readonly Subnet[]): void {
  const isOther = others.some((other) => other.ipVersion === ipVersion && other.subnetPoolId !== (pool?.id ?? null));
  if (isOther) throw SubnetPoolAffinityError({});
}
