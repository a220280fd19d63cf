import { change } from '../../db/change.ts';
import { deleteExtraSpec, setExtraSpecs } from '../../db/stores/flavors/extra-specs.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { flavorUpdate } from '../../events/compute.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Policy } from '../../policy/policy.ts';
import { ExtraSpecNotFound, FlavorNotFound } from './errors.ts';
import type { FlavorApi } from './flavor-api.ts';
import { checkKnownSpecs, type ExtraSpecs } from './known-extra-specs.ts';

interface Deps {
  readonly db: CloudDb;
  readonly policy: Policy;
  readonly flavors: FlavorApi;
}

interface SetOptions {
  /** Whether specs in known namespaces must have a known name and a valid value. */
  readonly known: 'checked' | 'unchecked';
}

/** Requirements of a flavor on hosts and hypervisors beyond its size, as key-value pairs. */
export class ExtraSpecsApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async list(ctx: Context, flavorId: string): Promise<ExtraSpecs> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-flavor-extra-specs:index');
    return (await this.#deps.flavors.find(ctx, flavorId)).extraSpecs;
  }

  async find(ctx: Context, flavorId: string, key: string): Promise<ExtraSpecs> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-flavor-extra-specs:show');
    const { extraSpecs } = await this.#deps.flavors.find(ctx, flavorId);
    const value = Object.hasOwn(extraSpecs, key) ? extraSpecs[key] : undefined;
    if (value === undefined) throw ExtraSpecNotFound({ id: flavorId, key });
    return { [key]: value };
  }

  /** Adds specs to the existing ones. */
  async add(ctx: Context, flavorId: string, specs: ExtraSpecs, options: SetOptions): Promise<ExtraSpecs> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-flavor-extra-specs:create');
    return await this.#set(ctx, flavorId, specs, options);
  }

  /** Sets one spec, new or not. */
  async change(ctx: Context, flavorId: string, specs: ExtraSpecs, options: SetOptions): Promise<ExtraSpecs> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-flavor-extra-specs:update');
    return await this.#set(ctx, flavorId, specs, options);
  }

  async delete(ctx: Context, flavorId: string, key: string): Promise<void> {
    const { policy, flavors, db } = this.#deps;
    policy.check(ctx, 'os_compute_api:os-flavor-extra-specs:delete');
    const prepare = () => flavors.find(ctx, flavorId);
    await change(ctx, { db, what: 'flavor.deleteExtraSpec', prepare }, async ({ trx, tell }) => {
      const flavor = await deleteExtraSpec(trx, flavorId, key);
      if (!flavor) throw ExtraSpecNotFound({ id: flavorId, key });
      tell(flavorUpdate(flavor));
    });
  }

  async #set(ctx: Context, flavorId: string, specs: ExtraSpecs, { known }: SetOptions): Promise<ExtraSpecs> {
    if (known === 'checked') checkKnownSpecs(specs);
    return await change(ctx, { db: this.#deps.db, what: 'flavor.setExtraSpecs' }, async ({ trx, tell }) => {
      const flavor = await setExtraSpecs(trx, flavorId, specs);
      if (!flavor) throw FlavorNotFound({ id: flavorId });
      tell(flavorUpdate(flavor));
      return specs;
    });
  }
}
