/** What a caller may list: whose things, and by which filters. */
import type { Context } from '../../lib/context/context.ts';
import type { AskedListing, Listing } from '../../objects/volume-listing.ts';
import { FiltersInvalid } from '../errors.ts';

/** The listing as far as the caller may have it: only administrators see other projects and use every filter. */
export function allowedListing(ctx: Context, { everybodys, project, filters, unknown, ...asked }: AskedListing): Listing {
  const refused = [...unknown, ...filters.flatMap(({ adminOnly, name }) => (adminOnly && asked.isStrict ? [name] : []))];
  if (!ctx.isAdmin && asked.isStrict && refused.length > 0) throw FiltersInvalid({ names: refused });
  const own = ctx.projectId ?? '';
  return {
    ...asked,
    projectId: ctx.isAdmin && everybodys ? project : own,
    filters: filters.filter(({ adminOnly }) => ctx.isAdmin || !adminOnly),
  };
}
