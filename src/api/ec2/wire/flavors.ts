import type { FlavorApi } from '../../../compute/flavors/flavor-api.ts';
import type { Context } from '../../../lib/context/context.ts';
import type { Flavor } from '../../../objects/flavor.ts';

/** More than any cloud offers. */
const MOST = 1_000;

/** The flavors that the caller can use, by name. */
export const flavorsOf = (ctx: Context, flavors: FlavorApi, name?: string): Promise<readonly Flavor[]> =>
  flavors.list(ctx, { sortKey: 'name', sortDirection: 'asc', limit: MOST, ...(name !== undefined && { name }) });
