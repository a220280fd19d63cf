/** What pools must agree on with others: one default of each IP version, and no address twice within a scope. */
import { sql } from 'kysely';
import { findAddressScope, lockAddressScope, prefixesInScope } from '../../db/stores/network/address-scopes.ts';
import { defaultSubnetPool } from '../../db/stores/network/subnet-pools.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import { isUuid } from '../../objects/ids.ts';
import type { AddressScope, SubnetPool } from '../../objects/network-sharing.ts';
import { AddressScopeNotFound, AddressScopePrefixConflict, IllegalScopeOfPool } from '../api/pool-errors.ts';
import { invalidInput } from '../errors.ts';
import { parsePrefix, prefixesOverlap } from '../plan/ip-range.ts';

/** Throws when another pool is the default already. Until the transaction ends nobody else makes one the default. */
export async function refuseSecondDefault(trx: InCloud, { id, ipVersion }: Pick<SubnetPool, 'id' | 'ipVersion'>): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('default subnet pool'), ${ipVersion})`.execute(trx);
  const other = await defaultSubnetPool(trx, ipVersion, null);
  if (other && other.id !== id)
    throw invalidInput(
      'is_default',
      'A default subnetpool for this IP family has already been set. Only one default may exist per IP family.',
    );
}

interface ScopedPool {
  readonly id: string;
  readonly ip_version: 4 | 6;
  /** As JSON. */
  readonly prefixes: string;
  readonly scopeId: string | null;
  /** The project whose scopes the caller sees; null: those of all projects. */
  readonly sight: string | null;
}

/** Throws unless the caller sees the scope and the pool may be in it with these prefixes. The scope is locked until the transaction ends. */
export async function takeScope(trx: InCloud, { id, ip_version: ipVersion, prefixes, scopeId, sight }: ScopedPool): Promise<void> {
  if (scopeId === null) return;
  const scope = await seenScope(trx, scopeId, sight);
  if (scope.ipVersion !== ipVersion) throw IllegalScopeOfPool({ poolId: id, scopeId, ipVersion: scope.ipVersion });
  if (!(await lockAddressScope(trx, scopeId))) throw AddressScopeNotFound({ id: scopeId });
  const others = (await prefixesInScope(trx, scopeId, id)).map(parsePrefix);
  // Seam: it was written by us from a list of prefixes.
  const own = (JSON.parse(prefixes) as string[]).map(parsePrefix);
  if (own.some((mine) => others.some((other) => mine && other && prefixesOverlap(mine, other)))) throw AddressScopePrefixConflict({});
}

async function seenScope(trx: InCloud, id: string, sight: string | null): Promise<AddressScope> {
  const scope = isUuid(id) ? await findAddressScope(trx, id, sight) : undefined;
  if (!scope) throw AddressScopeNotFound({ id });
  return scope;
}
