import { deleteFlavor, describeFlavor, type FlavorQuery, findFlavor, insertFlavor, listFlavors } from '../db/stores/flavors.ts';
import type { Queries } from '../db/stores/queries.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import type { Flavor } from '../objects/flavor.ts';
import type { Policy } from '../policy/policy.ts';
import { FlavorIdExists, FlavorNameExists, FlavorNotFound, MarkerNotFound } from './errors.ts';

export type { FlavorSortKey } from '../db/stores/flavors.ts';

/** A flavor as somebody asks for it: without an id, one is made. */
export type NewFlavor = Omit<Flavor, 'id' | 'disabled' | 'extraSpecs'> & { readonly id: string | null };

interface Deps {
  readonly db: Queries;
  readonly policy: Policy;
  readonly ids: Ids;
}

/** Sizes of servers. */
export class FlavorApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async create(ctx: Context, asked: NewFlavor): Promise<Flavor> {
    const { db, policy, ids } = this.#deps;
    policy.check(ctx, 'os_compute_api:os-flavor-manage:create');
    const flavor = { ...asked, id: asked.id ?? ids.uuid(), disabled: false, extraSpecs: {} };
    if (await insertFlavor(db, flavor)) return flavor;
    throw (await findFlavor(db, flavor.id, null)) ? FlavorIdExists({ id: flavor.id }) : FlavorNameExists({ name: flavor.name });
  }

  /** The one thing about a flavor that can be changed. */
  async describe(ctx: Context, id: string, description: string | null): Promise<Flavor> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-flavor-manage:update');
    const flavor = await describeFlavor(this.#deps.db, id, description);
    if (!flavor) throw FlavorNotFound({ id });
    return flavor;
  }

  /** Servers that have the flavor keep their copy of it. */
  async delete(ctx: Context, id: string): Promise<void> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-flavor-manage:delete');
    if (!(await deleteFlavor(this.#deps.db, id))) throw FlavorNotFound({ id });
  }

  async find(ctx: Context, id: string): Promise<Flavor> {
    const flavor = await findFlavor(this.#deps.db, id, visibleTo(ctx));
    if (!flavor) throw FlavorNotFound({ id });
    return flavor;
  }

  /** Admins may ask for all (`isPublic` undefined), or for those that are not public. */
  async list(ctx: Context, query: Omit<FlavorQuery, 'visibleTo'>): Promise<readonly Flavor[]> {
    const flavors = await listFlavors(this.#deps.db, { ...query, visibleTo: visibleTo(ctx) });
    if (!flavors) throw MarkerNotFound({ marker: query.marker ?? '' });
    return flavors;
  }
}

const visibleTo = (ctx: Context): string | null => (ctx.isAdmin ? null : (ctx.projectId ?? ''));
