import type { Insertable } from 'kysely';
import { change, type Changing } from '../../db/change.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import type { SecurityGroupRulesTable } from '../../db/schema/network.ts';
import {
  deleteRule,
  findGroup,
  findRule,
  holdGroups,
  insertRule,
  listRules,
  lockGroups,
  rulesOf,
  updateGroup,
} from '../../db/stores/network/security-groups.ts';
import { securityGroupRuleCreate, securityGroupRuleDelete } from '../../events/network.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { SecurityGroup, SecurityGroupRule } from '../../objects/network.ts';
import { type NetworkApiDeps, sightOf } from './deps.ts';
import {
  DuplicateSecurityGroupRuleInPost,
  MarkerUnknown,
  SecurityGroupNotFound,
  SecurityGroupRuleExists,
  SecurityGroupRuleNotFound,
} from '../errors.ts';
import { listFields } from './list-fields.ts';
import { type ListQuery, pageQueryOf } from './listing.ts';
import { type Expecting, refuseOutdated } from './revision.ts';
import { takeQuotas } from '../books/quota.ts';
import { meaningOf, planRule, type WantedRule } from '../plan/rule-plan.ts';
import { tellHosts } from '../books/tell-hosts.ts';

/** A rule to create. */
export type NewRule = WantedRule & { readonly groupId: string; readonly description?: string };

interface RuleToWrite {
  readonly row: Insertable<SecurityGroupRulesTable>;
  readonly meaning: string;
}

/** The rules of security groups. */
export class RulesApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, query: ListQuery): Promise<readonly SecurityGroupRule[]> {
    this.#deps.policy.check(ctx, 'get_security_group_rule');
    const found = await listRules(this.#deps.db, pageQueryOf(listFields.rules, query), sightOf(ctx));
    if (!found) throw MarkerUnknown({ marker: query.marker ?? '' });
    return found;
  }

  async show(ctx: Context, id: string): Promise<SecurityGroupRule> {
    this.#deps.policy.check(ctx, 'get_security_group_rule');
    return await this.#find(ctx, id);
  }

  /** Creates all of them or none. */
  async create(ctx: Context, rules: readonly NewRule[]): Promise<readonly SecurityGroupRule[]> {
    const { db, quotaLimits } = this.#deps;
    const rows: RuleToWrite[] = [];
    for (const rule of rules) rows.push(await this.#rowOf(ctx, rule));
    const made = await change(ctx, { db, what: 'securityGroupRule.create', ...ruleMemory }, async ({ trx, tell }) => {
      await takeQuotas(trx, quotaLimits, { projectIds: rows.map(({ row }) => row.project_id), resource: 'security_group_rule' });
      const before = await lockRules(trx, rows);
      const inserted: SecurityGroupRule[] = [];
      for (const one of rows) {
        refuseKnown(one, { before, inserted });
        inserted.push(await insertRule(trx, one.row));
      }
      for (const groupId of new Set(inserted.map((rule) => rule.groupId))) await updateGroup(trx, groupId, {});
      for (const rule of inserted) tell(securityGroupRuleCreate(rule));
      return inserted;
    });
    await tellHosts(this.#deps, ctx, { groupIds: made.map(({ groupId }) => groupId) });
    return made;
  }

  async #rowOf(ctx: Context, rule: NewRule): Promise<RuleToWrite> {
    const { ids, policy } = this.#deps;
    const group = await this.#group(ctx, rule.groupId);
    policy.check(ctx, 'create_security_group_rule', { project_id: group.projectId });
    const wanted = planRule(rule);
    const remote = wanted.remoteGroupId === null ? null : await this.#group(ctx, wanted.remoteGroupId);
    const planned = { ...wanted, remoteGroupId: remote?.id ?? null };
    const row = {
      id: ids.uuid(),
      group_id: group.id,
      project_id: group.projectId,
      description: rule.description ?? '',
      direction: planned.direction,
      ethertype: planned.ethertype,
      protocol: planned.protocol,
      port_min: planned.portMin,
      port_max: planned.portMax,
      remote_cidr: planned.remoteCidr,
      remote_group_id: planned.remoteGroupId,
    };
    return { row, meaning: meaningOf(planned) };
  }

  async delete(ctx: Context, id: string, expecting: Expecting = {}): Promise<void> {
    const prepare = async () => {
      const rule = await this.#find(ctx, id);
      this.#deps.policy.check(ctx, 'delete_security_group_rule', { project_id: rule.projectId });
      // A rule never changes: its revision is that of its creation.
      refuseOutdated(expecting, rule);
      return rule;
    };
    const groupIds: string[] = [];
    await change(ctx, { db: this.#deps.db, what: 'securityGroupRule.delete', prepare }, async ({ trx, tell }, rule) => {
      if (!(await deleteRule(trx, id))) return;
      await updateGroup(trx, rule.groupId, {});
      tell(securityGroupRuleDelete(rule));
      groupIds.push(rule.groupId);
    });
    await tellHosts(this.#deps, ctx, { groupIds });
  }

  async #group(ctx: Context, id: string): Promise<SecurityGroup> {
    const group = isUuid(id) ? await findGroup(this.#deps.db, id, sightOf(ctx)) : undefined;
    if (!group) throw SecurityGroupNotFound({ id });
    return group;
  }

  async #find(ctx: Context, id: string): Promise<SecurityGroupRule> {
    const rule = isUuid(id) ? await findRule(this.#deps.db, id, sightOf(ctx)) : undefined;
    if (!rule) throw SecurityGroupRuleNotFound({ id });
    return rule;
  }
}

/**
 * The present rules of the groups that get new ones. The groups are locked until the transaction ends, so that two requests cannot both
 * write a rule of the same meaning; their remote groups are kept from being deleted.
 */
async function lockRules(trx: InCloud, rows: readonly RuleToWrite[]): Promise<readonly SecurityGroupRule[]> {
  const groupIds = rows.map(({ row }) => row.group_id);
  const remoteIds = rows.flatMap(({ row: { remote_group_id: id } }) => (id ? [id] : []));
  const held = [...(await lockGroups(trx, groupIds)), ...(await holdGroups(trx, remoteIds))];
  for (const id of [...groupIds, ...remoteIds]) if (!held.includes(id)) throw SecurityGroupNotFound({ id });
  return await rulesOf(trx, groupIds);
}

interface Known {
  readonly before: readonly SecurityGroupRule[];
  /** Those of the same request. */
  readonly inserted: readonly SecurityGroupRule[];
}

function refuseKnown({ row, meaning }: RuleToWrite, { before, inserted }: Known): void {
  const isSame = (other: SecurityGroupRule): boolean => other.groupId === row.group_id && meaningOf(other) === meaning;
  if (inserted.some(isSame)) throw DuplicateSecurityGroupRuleInPost({});
  const twin = before.find(isSame);
  if (twin) throw SecurityGroupRuleExists({ id: twin.id });
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
