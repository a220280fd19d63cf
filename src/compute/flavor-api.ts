import type { Queries } from '../db/stores/queries.ts';
import { type FlavorQuery, findFlavor, listFlavors } from '../db/stores/flavors.ts';
import type { Context } from '../lib/context/context.ts';
import type { Flavor } from '../objects/flavor.ts';
import { FlavorNotFound, MarkerNotFound } from './errors.ts';

/** Sizes of servers. */
export class FlavorApi {
  readonly #db: Queries;

  constructor(db: Queries) {
    this.#db = db;
  }

  async find(ctx: Context, id: string): Promise<Flavor> {
    const flavor = await findFlavor(this.#db, id, visibleTo(ctx));
    if (!flavor) throw FlavorNotFound({ id });
    return flavor;
  }

  /** Admins may ask for all (`isPublic` undefined), or for those that are not public. */
  async list(ctx: Context, query: Omit<FlavorQuery, 'visibleTo'>): Promise<readonly Flavor[]> {
    const flavors = await listFlavors(this.#db, { ...query, visibleTo: visibleTo(ctx) });
    if (!flavors) throw MarkerNotFound({ marker: query.marker ?? '' });
    return flavors;
  }
}

const visibleTo = (ctx: Context): string | null => (ctx.isAdmin ? null : (ctx.projectId ?? ''));
