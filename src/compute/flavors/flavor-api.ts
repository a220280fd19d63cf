import { change } from '../../db/change.ts';
import { deleteFlavor, describeFlavor, type FlavorQuery, findFlavor, insertFlavor, listFlavors } from '../../db/stores/flavors/flavors.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { flavorCreate, flavorDelete, flavorUpdate } from '../../events/compute.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Flavor } from '../../objects/flavor.ts';
import type { Policy } from '../../policy/policy.ts';
import { MarkerNotFound } from '../errors.ts';
import { FlavorIdExists, FlavorNameExists, FlavorNotFound } from './errors.ts';

export type { FlavorSortKey } from '../../db/stores/flavors/flavors.ts';

/** A flavor to create; without an id, one is generated. */
export type NewFlavor = Omit<Flavor, 'id' | 'disabled' | 'extraSpecs'> & { readonly id: string | null };

interface Deps {
  readonly db: CloudDb;
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
    return await change(ctx, { db, what: 'flavor.create' }, async ({ trx, tell }) => {
      const flavor = { ...asked, id: asked.id ?? ids.uuid(), disabled: false, extraSpecs: {} };
      if (!(await insertFlavor(trx, flavor)))
        throw (await findFlavor(trx, flavor.id, null)) ? FlavorIdExists({ id: flavor.id }) : FlavorNameExists({ name: flavor.name });
      tell(flavorCreate(flavor));
      return flavor;
    });
  }

  /** The description is all of a flavor that can be changed. */
  async describe(ctx: Context, id: string, description: string | null): Promise<Flavor> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-flavor-manage:update');
    return await change(ctx, { db: this.#deps.db, what: 'flavor.update' }, async ({ trx, tell }) => {
      const flavor = await describeFlavor(trx, id, description);
      if (!flavor) throw FlavorNotFound({ id });
      tell(flavorUpdate(flavor));
      return flavor;
    });
  }

  /** Servers of the flavor keep their copy of it. */
  async delete(ctx: Context, id: string): Promise<void> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-flavor-manage:delete');
    await change(ctx, { db: this.#deps.db, what: 'flavor.delete' }, async ({ trx, tell }) => {
      const flavor = await deleteFlavor(trx, id);
      if (!flavor) throw FlavorNotFound({ id });
      tell(flavorDelete(flavor));
    });
  }

  async find(ctx: Context, id: string): Promise<Flavor> {
    const flavor = await findFlavor(this.#deps.db, id, visibleTo(ctx));
    if (!flavor) throw FlavorNotFound({ id });
    return flavor;
  }

  /** A page of the flavors visible to the caller, for admins all of them; admins may filter by visibility. */
  async list(ctx: Context, { isPublic, ...query }: FlavorList): Promise<readonly Flavor[]> {
    const wanted = ctx.isAdmin ? (isPublic?.() ?? 'either') : 'either';
    const shown = wanted === 'either' ? {} : { isPublic: wanted };
    const flavors = await listFlavors(this.#deps.db, { ...query, ...shown, visibleTo: visibleTo(ctx) });
    if (!flavors) throw MarkerNotFound({ marker: query.marker ?? '' });
    return flavors;
  }
}

/** Which flavors to list. */
export interface FlavorList extends Omit<FlavorQuery, 'visibleTo' | 'isPublic'> {
  /** Public ones, private ones or both. Evaluated for admins only: from others even an invalid value is ignored. */
  readonly isPublic?: () => boolean | 'either';
}

const visibleTo = (ctx: Context): string | null => (ctx.isAdmin ? null : (ctx.projectId ?? ''));
