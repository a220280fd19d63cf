/** What a caller may list: whose things, and by which filters. */
import type { SelectQueryBuilder } from 'kysely';
import type { CloudDb } from '../../db/sql/queries.ts';
import { readListing } from '../../db/stores/volume/listing.ts';
import type { Context } from '../../lib/context/context.ts';
import type { AskedListing, Listing } from '../../objects/volume-listing.ts';
import { FiltersInvalid, VolumeMarkerNotFound } from '../errors.ts';

/** A page of a list, and how many there are on all pages if that was asked for. */
export interface CountedPage<T> {
  readonly items: readonly T[];
  readonly count?: number;
}

/** The listing as far as the caller may have it: only administrators see other projects and use every filter. */
export function allowedListing(ctx: Context, { everybodys, project, filters, unknown, ...asked }: AskedListing): Listing {
  const refused = [...unknown, ...filters.filter(({ adminOnly }) => adminOnly).map(({ name }) => name)];
  if (!ctx.isAdmin && asked.isStrict && refused.length > 0) throw FiltersInvalid({ names: refused });
  const own = ctx.projectId ?? '';
  return {
    ...asked,
    projectId: ctx.isAdmin && everybodys ? project : own,
    filters: filters.filter(({ adminOnly }) => ctx.isAdmin || !adminOnly),
  };
}

/** The rows of a listing. Throws VolumeMarkerNotFound if its marker is unknown to the caller. */
export async function listedRows<DB, TB extends keyof DB, O>(
  db: CloudDb,
  select: SelectQueryBuilder<DB, TB, O>,
  table: string,
  listing: Listing,
): Promise<readonly O[]> {
  const rows = await readListing(db, select, table, listing);
  if (!rows) throw VolumeMarkerNotFound({ id: listing.marker ?? '' });
  return rows;
}
