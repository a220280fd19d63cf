import { change } from '../../db/change.ts';
import { grantFlavor, projectsOfFlavor, revokeFlavor } from '../../db/stores/flavors/access.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { flavorAccessCreate, flavorAccessDelete } from '../../events/compute.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Policy } from '../../policy/policy.ts';
import { UnknownProject } from '../errors.ts';
import { FlavorAccessExists, FlavorAccessNotFound, FlavorIsPublic, NoAccessList } from './errors.ts';
import type { FlavorApi } from './flavor-api.ts';

/** A project's right to use a flavor. */
export interface FlavorGrant {
  readonly flavorId: string;
  readonly projectId: string;
}

interface Deps {
  readonly db: CloudDb;
  readonly policy: Policy;
  readonly flavors: FlavorApi;
  /** Whether the identity service knows the project. */
  readonly isProject: (id: string) => Promise<boolean>;
}

/** Which projects may use flavors that are not public. */
export class FlavorAccessApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The projects that may use a flavor; a public one has no access list. */
  async list(ctx: Context, flavorId: string): Promise<readonly FlavorGrant[]> {
    const { policy, flavors } = this.#deps;
    policy.check(ctx, 'os_compute_api:os-flavor-access');
    if ((await flavors.find(ctx, flavorId)).isPublic) throw NoAccessList({});
    return await this.#grants(flavorId);
  }

  /** @param toPublic whether a grant on a public flavor, which needs none, is refused or, as in old microversions, allowed */
  async add(ctx: Context, grant: FlavorGrant, { toPublic }: { toPublic: 'refuse' | 'allow' }): Promise<readonly FlavorGrant[]> {
    const { policy, flavors, db } = this.#deps;
    policy.check(ctx, 'os_compute_api:os-flavor-access:add_tenant_access');
    const prepare = async () => {
      const flavor = await flavors.find(ctx, grant.flavorId);
      await this.#checkProject(grant);
      if (flavor.isPublic && toPublic === 'refuse') throw FlavorIsPublic({});
      return flavor;
    };
    await change(ctx, { db, what: 'flavorAccess.create', prepare }, async ({ trx, tell }, flavor) => {
      if (!(await grantFlavor(trx, grant))) throw FlavorAccessExists({ id: grant.flavorId, projectId: grant.projectId });
      tell(flavorAccessCreate({ ...grant, flavor, projects: await projectsOfFlavor(trx, grant.flavorId) }));
    });
    return await this.#grants(grant.flavorId);
  }

  async remove(ctx: Context, grant: FlavorGrant): Promise<readonly FlavorGrant[]> {
    const { policy, flavors, db } = this.#deps;
    policy.check(ctx, 'os_compute_api:os-flavor-access:remove_tenant_access');
    const prepare = () => flavors.find(ctx, grant.flavorId);
    const isRemoved = await change(ctx, { db, what: 'flavorAccess.delete', prepare }, async ({ trx, tell }, flavor) => {
      if (!(await revokeFlavor(trx, grant))) return false;
      tell(flavorAccessDelete({ ...grant, flavor, projects: await projectsOfFlavor(trx, grant.flavorId) }));
      return true;
    });
    if (!isRemoved) {
      // Grants outlive their project, so a grant of a deleted project can be removed.
      await this.#checkProject(grant);
      throw FlavorAccessNotFound({ id: grant.flavorId, projectId: grant.projectId });
    }
    return await this.#grants(grant.flavorId);
  }

  async #checkProject({ projectId }: FlavorGrant): Promise<void> {
    if (!(await this.#deps.isProject(projectId))) throw UnknownProject({ id: projectId });
  }

  async #grants(flavorId: string): Promise<readonly FlavorGrant[]> {
    return (await projectsOfFlavor(this.#deps.db, flavorId)).map((projectId) => ({ flavorId, projectId }));
  }
}
