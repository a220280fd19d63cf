/** What only some filters and weighers need to know about other servers; where none of them takes part, nothing is asked. */
import { hostsOfOtherFlavors, serversWithLikeImages } from '../db/stores/servers/places.ts';
import type { CellDb } from '../db/sql/queries.ts';
import type { Rules } from './decide.ts';
import type { Lookup, RequestSpec, ResolvedRequest } from './request.ts';

type LookedUp = Pick<ResolvedRequest, 'hostsOfOtherFlavors' | 'likeImagesOn'>;

/** Looks up what the rules need for a request. */
export async function lookUp(db: CellDb, request: RequestSpec, { filters, weighers, options }: Rules): Promise<LookedUp> {
  const needs = (lookup: Lookup) =>
    filters.some((filter) => filter.needs === lookup) || weighers.some((weigher) => weigher.needs === lookup && weigher.multiplier !== 0);
  const { flavor, image } = request;
  const weights = options.imagePropertyWeights;
  const [others, likes] = await Promise.all([
    needs('otherFlavors') ? hostsOfOtherFlavors(db, flavor.id) : undefined,
    needs('likeImages') && image && weights.length > 0 ? serversWithLikeImages(db, image.properties, weights) : undefined,
  ]);
  return { hostsOfOtherFlavors: others, likeImagesOn: likes };
}
