import { change } from '../../db/change.ts';
import type { WholeDb } from '../../db/sql/queries.ts';
import { groupIdOf } from '../../db/stores/groups/group-members.ts';
import { deleteServerGroup, findServerGroup, insertServerGroup, listServerGroups } from '../../db/stores/groups/server-groups.ts';
import { serverGroupCreate, serverGroupDelete } from '../../events/compute.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import type { GroupPolicy, ServerGroup } from '../../objects/server-group.ts';
import { canonicalUuid, isUuid } from '../../objects/ids.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { checkServerGroupQuota } from '../../quota/group-quota.ts';
import type { QuotaLimits } from '../../quota/resources.ts';
import { RulesNotOfPolicy, ServerGroupNotFound } from './errors.ts';

export interface NewServerGroup {
  readonly name: string;
  readonly policy: GroupPolicy;
  /** For anti-affinity only. */
  readonly rules?: { readonly maxServerPerHost?: number };
}

interface Deps {
  readonly db: WholeDb;
  readonly policy: Policy;
  /** Limits where an operator has set none. */
  readonly quotaLimits: QuotaLimits;
  readonly ids: Ids;
}

/** Server groups of projects, each with a policy on the placement of its members. */
export class ServerGroupApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async create(ctx: Context, { name, policy, rules = {} }: NewServerGroup): Promise<ServerGroup> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-server-groups:create', { project_id: ctx.projectId });
    const { maxServerPerHost = null } = rules;
    if (maxServerPerHost !== null && policy !== 'anti-affinity') throw RulesNotOfPolicy({ policy });
    const made = { name, policy, maxServerPerHost, projectId: ctx.projectId ?? '', userId: ctx.userId ?? '' };
    const { db, ids, quotaLimits } = this.#deps;
    const id = await change(ctx, { db, what: 'serverGroup.create' }, async ({ trx, tell }) => {
      await checkServerGroupQuota(trx, made, quotaLimits);
      const group = { id: ids.uuid(), ...made };
      await insertServerGroup(trx, group);
      tell(serverGroupCreate({ ...group, members: [] }));
      return group.id;
    });
    return { id, ...made, members: [] };
  }

  async find(ctx: Context, id: string, rule: PolicyRule = 'os_compute_api:os-server-groups:show'): Promise<ServerGroup> {
    return await this.#visible(this.#deps.db, ctx, id, rule);
  }

  /** A page of the project's groups, oldest first; of all projects' if asked for and allowed, else silently of its own. */
  async list(
    ctx: Context,
    { allProjects, ...page }: { allProjects: boolean; limit: number; offset: number },
  ): Promise<readonly ServerGroup[]> {
    const { db, policy } = this.#deps;
    const target = { project_id: ctx.projectId };
    policy.check(ctx, 'os_compute_api:os-server-groups:index', target);
    const seesAll = allProjects && policy.may(ctx, 'os_compute_api:os-server-groups:index:all_projects', target);
    return await listServerGroups(db, { ...page, projectId: seesAll ? undefined : (ctx.projectId ?? '') });
  }

  /** The group of a server, which is for those who may see the server. */
  async idOf(serverId: string): Promise<string | undefined> {
    const id = canonicalUuid(serverId);
    return isUuid(id) ? await groupIdOf(this.#deps.db, id) : undefined;
  }

  async delete(ctx: Context, id: string): Promise<void> {
    await change(ctx, { db: this.#deps.db, what: `serverGroup.delete ${id}` }, async ({ trx, tell }) => {
      const group = await this.#visible(trx, ctx, id, 'os_compute_api:os-server-groups:delete');
      if (!(await deleteServerGroup(trx, id))) throw ServerGroupNotFound({ id });
      tell(serverGroupDelete(group));
    });
  }

  /** To a caller who may not see it, a group of another project does not exist. */
  async #visible(db: WholeDb, ctx: Context, id: string, rule: PolicyRule): Promise<ServerGroup> {
    const { policy } = this.#deps;
    const group = await findServerGroup(db, id);
    if (!group || (!ctx.isAdmin && group.projectId !== ctx.projectId)) throw ServerGroupNotFound({ id });
    policy.check(ctx, rule, { project_id: group.projectId });
    return group;
  }
}
