import type { Insertable } from 'kysely';
import { change, type Changing } from '../../db/change.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import type { SecurityGroupRulesTable } from '../../db/schema/network.ts';
import {
  deleteGroup,
  deleteRule,
  findGroup,
  findRule,
  holdGroups,
  insertRule,
  listGroups,
  listRules,
  updateGroup,
} from '../../db/stores/network/security-groups.ts';
import { securityGroupDelete, securityGroupRuleCreate, securityGroupRuleDelete, securityGroupUpdate } from '../../events/network.ts';
import type { Context } from '../../lib/context/context.ts';
import type { SecurityGroup, SecurityGroupRule } from '../../objects/network.ts';
import { type NetworkApiDeps, ownerOf, sightOf } from './deps.ts';
import { DEFAULT_GROUP, ensureDefaultGroup, NEW_GROUP_RULES, writeGroup } from '../books/default-group.ts';
import {
  MarkerUnknown,
  SecurityGroupCannotRemoveDefault,
  SecurityGroupCannotUpdateDefault,
  SecurityGroupDefaultAlreadyExists,
  SecurityGroupInUse,
  SecurityGroupNotFound,
  SecurityGroupRuleExists,
  SecurityGroupRuleNotFound,
} from '../errors.ts';
import { type ListQuery, listFields, pageQueryOf } from './listing.ts';
import { takeQuota, takeQuotas } from '../books/quota.ts';
import { isUuid } from '../books/requested.ts';
import { planRule, type WantedRule } from '../plan/rule-plan.ts';
import { tellHosts } from '../books/tell-hosts.ts';

/** The attributes of a group that may change. */
export interface GroupChanges {
  readonly name?: string;
  readonly description?: string;
}

/** A rule to create. */
export type NewRule = WantedRule & { readonly groupId: string; readonly description?: string };

/** Security groups and their rules. */
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

  /** Throws SecurityGroupNotFound if the caller may not see it. */
  async show(ctx: Context, id: string): Promise<SecurityGroup> {
    this.#deps.policy.check(ctx, 'get_security_group');
    return await this.#find(ctx, id);
  }

  /** A new group lets everything out and nothing in. */
  async create(ctx: Context, group: { name: string; description?: string; projectId?: string }): Promise<SecurityGroup> {
    const { db, ids, policy, quotaLimits } = this.#deps;
    const projectId = ownerOf(ctx, group.projectId);
    policy.check(ctx, 'create_security_group', { project_id: projectId });
    const { name, description = '' } = group;
    const id = await change(ctx, { db, what: 'securityGroup.create' }, async (changing) => {
      const { trx } = changing;
      const made = ids.uuid();
      await takeQuota(trx, quotaLimits, { projectId, resource: 'security_group', count: 1 });
      await takeQuota(trx, quotaLimits, { projectId, resource: 'security_group_rule', count: NEW_GROUP_RULES });
      if (!(await writeGroup(changing, ids, { id: made, projectId, name, description }))) throw SecurityGroupDefaultAlreadyExists({});
      return made;
    });
    return await this.#find(ctx, id);
  }

  async update(ctx: Context, id: string, changes: GroupChanges): Promise<SecurityGroup> {
    const group = await this.#find(ctx, id);
    this.#deps.policy.check(ctx, 'update_security_group', { project_id: group.projectId });
    const isRenamed = changes.name !== undefined && changes.name !== group.name;
    if (isRenamed && [group.name, changes.name].includes(DEFAULT_GROUP)) throw SecurityGroupCannotUpdateDefault({});
    await change(ctx, { db: this.#deps.db, what: 'securityGroup.update' }, async ({ trx, tell }) => {
      await updateGroup(trx, id, { ...changes });
      const after = await findGroup(trx, id, null);
      if (after) tell(securityGroupUpdate(after));
    });
    return await this.#find(ctx, id);
  }

  /** Deletes a group without ports. Only an admin may delete a default group, such as that of a deleted project. */
  async delete(ctx: Context, id: string): Promise<void> {
    const prepare = async () => {
      const group = await this.#find(ctx, id);
      this.#deps.policy.check(ctx, 'delete_security_group', { project_id: group.projectId });
      if (group.name === DEFAULT_GROUP && !ctx.isAdmin) throw SecurityGroupCannotRemoveDefault({});
      return group;
    };
    await change(ctx, { db: this.#deps.db, what: 'securityGroup.delete', prepare }, async ({ trx, tell }, group) => {
      const outcome = await deleteGroup(trx, id);
      if (outcome === 'in use') throw SecurityGroupInUse({ id });
      if (outcome === 'deleted') tell(securityGroupDelete(group));
    });
  }

  async listRules(ctx: Context, query: ListQuery): Promise<readonly SecurityGroupRule[]> {
    this.#deps.policy.check(ctx, 'get_security_group_rule');
    const found = await listRules(this.#deps.db, pageQueryOf(listFields.rules, query), sightOf(ctx));
    if (!found) throw MarkerUnknown({ marker: query.marker ?? '' });
    return found;
  }

  async showRule(ctx: Context, id: string): Promise<SecurityGroupRule> {
    this.#deps.policy.check(ctx, 'get_security_group_rule');
    return await this.#findRule(ctx, id);
  }

  /** Creates all of them or none. */
  async createRules(ctx: Context, rules: readonly NewRule[]): Promise<readonly SecurityGroupRule[]> {
    const { db, quotaLimits } = this.#deps;
    const rows: Insertable<SecurityGroupRulesTable>[] = [];
    for (const rule of rules) rows.push(await this.#ruleRow(ctx, rule));
    const made = await change(ctx, { db, what: 'securityGroupRule.create', ...ruleMemory }, async ({ trx, tell }) => {
      await takeQuotas(trx, quotaLimits, { projectIds: rows.map(({ project_id }) => project_id), resource: 'security_group_rule' });
      const groupIds = rows.flatMap(({ group_id, remote_group_id }) => [group_id, ...(remote_group_id ? [remote_group_id] : [])]);
      const held = await holdGroups(trx, groupIds);
      // Compared in the database's form: clients may send ids in upper case.
      for (const id of groupIds) if (!held.includes(id.toLowerCase())) throw SecurityGroupNotFound({ id });
      const inserted: SecurityGroupRule[] = [];
      for (const row of rows) inserted.push((await insertRule(trx, row)) ?? refuseDuplicate());
      for (const rule of inserted) tell(securityGroupRuleCreate(rule));
      return inserted;
    });
    await tellHosts(this.#deps, ctx);
    return made;
  }

  async #ruleRow(ctx: Context, rule: NewRule): Promise<Insertable<SecurityGroupRulesTable>> {
    const { ids, policy } = this.#deps;
    const { projectId } = await this.#find(ctx, rule.groupId);
    policy.check(ctx, 'create_security_group_rule', { project_id: projectId });
    const planned = planRule(rule);
    if (planned.remoteGroupId !== null) await this.#find(ctx, planned.remoteGroupId);
    return {
      id: ids.uuid(),
      group_id: rule.groupId,
      project_id: projectId,
      description: rule.description ?? '',
      direction: planned.direction,
      ethertype: planned.ethertype,
      protocol: planned.protocol,
      port_min: planned.portMin,
      port_max: planned.portMax,
      remote_cidr: planned.remoteCidr,
      remote_group_id: planned.remoteGroupId,
    };
  }

  async deleteRule(ctx: Context, id: string): Promise<void> {
    const prepare = async () => {
      const rule = await this.#findRule(ctx, id);
      this.#deps.policy.check(ctx, 'delete_security_group_rule', { project_id: rule.projectId });
      return rule;
    };
    await change(ctx, { db: this.#deps.db, what: 'securityGroupRule.delete', prepare }, async ({ trx, tell }, rule) => {
      if (await deleteRule(trx, id)) tell(securityGroupRuleDelete(rule));
    });
    await tellHosts(this.#deps, ctx);
  }

  async #find(ctx: Context, id: string): Promise<SecurityGroup> {
    const group = isUuid(id) ? await findGroup(this.#deps.db, id, sightOf(ctx)) : undefined;
    if (!group) throw SecurityGroupNotFound({ id });
    return group;
  }

  async #findRule(ctx: Context, id: string): Promise<SecurityGroupRule> {
    const rule = isUuid(id) ? await findRule(this.#deps.db, id, sightOf(ctx)) : undefined;
    if (!rule) throw SecurityGroupRuleNotFound({ id });
    return rule;
  }
}

/** A retried request finds its rules by their ids. */
const ruleMemory = {
  keep: (rules: readonly SecurityGroupRule[]): readonly string[] => rules.map(({ id }) => id),
  recall: async (ids: readonly string[], { trx }: Changing<CloudDb>): Promise<readonly SecurityGroupRule[]> => {
    const rules: SecurityGroupRule[] = [];
    for (const id of ids) rules.push((await findRule(trx, id, null)) ?? refuseUnknown(id));
    return rules;
  },
};

function refuseUnknown(id: string): never {
  throw SecurityGroupRuleNotFound({ id });
}

function refuseDuplicate(): never {
  throw SecurityGroupRuleExists({});
}
