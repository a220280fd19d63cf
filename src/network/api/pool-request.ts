/** What a client may set of a subnet pool, in the names of our own code, and what makes sense of it. */
import { invalidInput } from '../errors.ts';
import { mergedPrefixes, textsOf } from '../plan/pool-plan.ts';
import { parsePrefix } from '../plan/ip-range.ts';
import { EmptySubnetPoolPrefixList, IllegalPrefixBounds, PrefixVersionMismatch } from './pool-errors.ts';

/** The attributes of a pool; omitted ones keep their default or value. */
export interface SubnetPoolChanges {
  readonly name?: string;
  readonly description?: string;
  readonly prefixes?: readonly string[];
  readonly defaultPrefixLength?: number;
  readonly minPrefixLength?: number;
  readonly maxPrefixLength?: number;
  readonly defaultQuota?: number | null;
  readonly isDefault?: boolean;
  readonly addressScopeId?: string | null;
}

/** A pool to create. */
export interface NewSubnetPool extends SubnetPoolChanges {
  readonly prefixes: readonly string[];
  readonly isShared?: boolean;
  readonly projectId?: string;
  readonly tags?: readonly string[];
}

/** The shortest and the longest prefix that subnets have by default. */
const BOUNDS = { 4: { min: 8, max: 32 }, 6: { min: 64, max: 128 } } as const;

/** Prefixes merged and in order; throws the error of what is wrong with them. */
export function prefixesIn(texts: readonly string[]): readonly string[] {
  if (texts.length === 0) throw EmptySubnetPoolPrefixList({});
  const strange = texts.find((text) => !parsePrefix(text));
  if (strange !== undefined) throw invalidInput('prefixes', `'${strange}' is not a valid IP subnet.`);
  const merged = mergedPrefixes(texts);
  if (!merged) throw PrefixVersionMismatch({});
  return textsOf(merged);
}

/** The prefixes of a pool and the bounds of what is cut from them, complete; throws IllegalSubnetPoolPrefixBounds. */
export function planPool(wanted: Pick<NewSubnetPool, 'prefixes' | 'defaultPrefixLength' | 'minPrefixLength' | 'maxPrefixLength'>) {
  const prefixes = prefixesIn(wanted.prefixes);
  const ipVersion = prefixes[0]?.includes(':') ? (6 as const) : (4 as const);
  const most = BOUNDS[ipVersion].max;
  const min = wanted.minPrefixLength ?? BOUNDS[ipVersion].min;
  const max = wanted.maxPrefixLength ?? most;
  const usual = wanted.defaultPrefixLength ?? min;
  refuseAbove(['min_prefixlen', min], ['max_prefixlen', max]);
  refuseAbove(['max_prefixlen', max], ['base_max', most]);
  refuseAbove(['min_prefixlen', min], ['default_prefixlen', usual]);
  refuseAbove(['default_prefixlen', usual], ['max_prefixlen', max]);
  return {
    ip_version: ipVersion,
    prefixes: JSON.stringify(prefixes),
    min_prefixlen: min,
    max_prefixlen: max,
    default_prefixlen: usual,
  };
}

function refuseAbove([field, length]: readonly [string, number], [other, limit]: readonly [string, number]): void {
  if (length > limit) throw IllegalPrefixBounds({ field, length, other, limit });
}

/** The given attributes of which nothing follows, by column. */
export const poolColumns = ({ name, description, defaultQuota, isDefault, addressScopeId }: SubnetPoolChanges) => ({
  ...(name !== undefined && { name }),
  ...(description !== undefined && { description }),
  ...(defaultQuota !== undefined && { default_quota: defaultQuota }),
  ...(isDefault !== undefined && { is_default: isDefault }),
  ...(addressScopeId !== undefined && { address_scope_id: addressScopeId }),
});
