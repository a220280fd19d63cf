import { change } from '../../db/change.ts';
import { deleteGroup, findGroup, listGroups, lockGroups, namesOfGroups, updateGroup } from '../../db/stores/network/security-groups.ts';
import { changePortsInGroup } from '../../db/stores/network/server-networking.ts';
import { securityGroupDelete, securityGroupUpdate } from '../../events/network.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { NamedGroup, SecurityGroup } from '../../objects/network.ts';
import { type NetworkApiDeps, ownerOf, sightOf } from './deps.ts';
import { DEFAULT_GROUP, ensureDefaultGroup, isDefaultName, NEW_GROUP_RULES, writeGroup } from '../books/default-group.ts';
import {
  MarkerUnknown,
  SecurityGroupCannotRemoveDefault,
  SecurityGroupCannotUpdateDefault,
  SecurityGroupDefaultAlreadyExists,
  SecurityGroupInUse,
  SecurityGroupNotFound,
} from '../errors.ts';
import { listFields } from './list-fields.ts';
import { type ListQuery, pageQueryOf } from './listing.ts';
import { type Expecting, refuseOutdated } from './revision.ts';
import { takeQuota } from '../books/quota.ts';

/** The attributes of a group that may change. */
export interface GroupChanges {
  readonly name?: string;
  readonly description?: string;
}

/** A group to create. */
export type NewGroup = GroupChanges & { readonly projectId?: string; readonly tags?: readonly string[] };

/** Security groups. */
export class GroupsApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  /** Creates the project's default group if it is missing. */
  async list(ctx: Context, query: ListQuery): Promise<readonly SecurityGroup[]> {
    const { db, ids, policy } = this.#deps;
    policy.check(ctx, 'get_security_group');
    const { projectId } = ctx;
    if (projectId !== null)
      await change(ctx, { db, what: 'securityGroup.default' }, (changing) => ensureDefaultGroup(changing, ids, projectId));
    const found = await listGroups(db, pageQueryOf(listFields.groups, query), sightOf(ctx));
    if (!found) throw MarkerUnknown({ marker: query.marker ?? '' });
    return found;
  }

  /** The names of groups, whoever owns them: rules name them as remote. */
  names(ids: readonly string[]): Promise<readonly NamedGroup[]> {
    return namesOfGroups(this.#deps.db, [...new Set(ids)]);
  }

  /** Throws SecurityGroupNotFound if the caller may not see it. */
  async show(ctx: Context, id: string): Promise<SecurityGroup> {
    this.#deps.policy.check(ctx, 'get_security_group');
    return await this.#find(ctx, id);
  }

  /** A new group lets everything out and nothing in. The project gets its default group first. */
  async create(ctx: Context, group: NewGroup): Promise<SecurityGroup> {
    const { db, ids, policy, quotaLimits } = this.#deps;
    const projectId = ownerOf(ctx, group.projectId);
    policy.check(ctx, 'create_security_group', { project_id: projectId });
    const { name = '', description = '', tags } = group;
    if (isDefaultName(name)) throw SecurityGroupDefaultAlreadyExists({});
    const id = await change(ctx, { db, what: 'securityGroup.create' }, async (changing) => {
      const { trx } = changing;
      const made = ids.uuid();
      await takeQuota(trx, quotaLimits, { projectId, resource: 'security_group', count: 1 });
      await takeQuota(trx, quotaLimits, { projectId, resource: 'security_group_rule', count: NEW_GROUP_RULES });
      await ensureDefaultGroup(changing, ids, projectId);
      await writeGroup(changing, ids, { id: made, projectId, name, description, tags });
      return made;
    });
    return await this.#find(ctx, id);
  }

  async update(ctx: Context, id: string, changes: GroupChanges, expecting: Expecting = {}): Promise<SecurityGroup> {
    const group = await this.#find(ctx, id);
    this.#deps.policy.check(ctx, 'update_security_group', { project_id: group.projectId });
    const isRenamed = changes.name !== undefined && changes.name !== group.name;
    if (isRenamed && (group.name === DEFAULT_GROUP || isDefaultName(changes.name))) throw SecurityGroupCannotUpdateDefault({});
    await change(ctx, { db: this.#deps.db, what: 'securityGroup.update' }, async ({ trx, tell }) => {
      await lockGroups(trx, [id]);
      refuseOutdated(expecting, await findGroup(trx, id, null));
      await updateGroup(trx, id, { ...changes });
      // Servers show the names of their groups.
      if (isRenamed) await changePortsInGroup(trx, id);
      const after = await findGroup(trx, id, null);
      if (after) tell(securityGroupUpdate(after));
    });
    return await this.#find(ctx, id);
  }

  /** Deletes a group without ports. Only an admin may delete a default group, such as that of a deleted project. */
  async delete(ctx: Context, id: string, expecting: Expecting = {}): Promise<void> {
    const prepare = async () => {
      const group = await this.#find(ctx, id);
      this.#deps.policy.check(ctx, 'delete_security_group', { project_id: group.projectId });
      if (group.name === DEFAULT_GROUP && !ctx.isAdmin) throw SecurityGroupCannotRemoveDefault({});
      return group;
    };
    await change(ctx, { db: this.#deps.db, what: 'securityGroup.delete', prepare }, async ({ trx, tell }, group) => {
      await lockGroups(trx, [id]);
      refuseOutdated(expecting, await findGroup(trx, id, null));
      const outcome = await deleteGroup(trx, id);
      if (outcome === 'in use') throw SecurityGroupInUse({ id });
      if (outcome === 'deleted') tell(securityGroupDelete(group));
    });
  }

  async #find(ctx: Context, id: string): Promise<SecurityGroup> {
    const group = isUuid(id) ? await findGroup(this.#deps.db, id, sightOf(ctx)) : undefined;
    if (!group) throw SecurityGroupNotFound({ id });
    return group;
  }
}
