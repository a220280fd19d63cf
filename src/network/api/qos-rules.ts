import type { Selectable } from 'kysely';
import { change } from '../../db/change.ts';
import type { QosRulesTable } from '../../db/schema/network-qos.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import {
  deleteQosRule,
  findQosPolicies,
  insertQosRule,
  lockQosPolicy,
  updateQosPolicy,
  updateQosRule,
} from '../../db/stores/network/qos.ts';
import { qosPolicyUpdate } from '../../events/network-qos.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { BandwidthLimit, DscpMarking, QosKind, QosPolicy, QosRule } from '../../objects/network-qos.ts';
import { tellHosts } from '../books/tell-hosts.ts';
import { invalidInput } from '../errors.ts';
import { type NetworkApiDeps, sightOf } from './deps.ts';
import { QosPolicyNotFound, QosRuleNotFound, QosRulesConflict } from './qos-errors.ts';

/** What a client sets of a rule; a mark has no direction to choose. */
export type QosRuleSettings =
  | Partial<Pick<BandwidthLimit, 'maxKbps' | 'maxBurstKbps' | 'direction'>>
  | Partial<Pick<DscpMarking, 'dscpMark'>>;

/** A kind of rules of a policy. */
export interface RulesOf {
  readonly policyId: string;
  readonly kind: QosKind;
}

/** The classes of service that a packet can bear. */
export const DSCP_MARKS: readonly number[] = [0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 44, 46, 48, 56];

/** The rules of QoS policies. */
export class QosRulesApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, { policyId, kind }: RulesOf): Promise<readonly QosRule[]> {
    this.#deps.policy.check(ctx, `get_policy_${kind}_rule`);
    return (await this.#policy(ctx, policyId)).rules.filter((rule) => rule.kind === kind);
  }

  /** Throws QosRuleNotFound if the policy has no rule of that kind and id. */
  async show(ctx: Context, of: RulesOf, id: string): Promise<QosRule> {
    return ruleIn(await this.list(ctx, of), of, id);
  }

  async create(ctx: Context, of: RulesOf, settings: QosRuleSettings): Promise<QosRule> {
    const made = await this.#change(ctx, of, 'create', async (trx) => {
      const id = this.#deps.ids.uuid();
      const columns = { direction: 'egress' as const, max_kbps: null, max_burst_kbps: null, dscp_mark: null, ...columnsOf(settings) };
      const burst = of.kind === 'bandwidth_limit' ? { max_burst_kbps: columns.max_burst_kbps ?? 0 } : {};
      if (!(await insertQosRule(trx, { ...columns, ...burst, id, policy_id: of.policyId, kind: of.kind })))
        throw QosRulesConflict({ kind: of.kind, policyId: of.policyId });
      return id;
    });
    return await this.show(ctx, of, made);
  }

  async update(ctx: Context, of: RulesOf, id: string, settings: QosRuleSettings): Promise<QosRule> {
    await this.#change(ctx, of, 'update', async (trx, { rules }) => {
      const before = ruleIn(rules, of, id);
      const columns = columnsOf(settings);
      const twin = rules.find((rule) => rule.kind === of.kind && rule.id !== before.id && rule.direction === columns.direction);
      if (twin) throw QosRulesConflict({ kind: of.kind, policyId: of.policyId });
      if (Object.keys(columns).length > 0) await updateQosRule(trx, before.id, columns);
      return before.id;
    });
    return await this.show(ctx, of, id);
  }

  async delete(ctx: Context, of: RulesOf, id: string): Promise<void> {
    await this.#change(ctx, of, 'delete', async (trx, { rules }) => {
      const rule = ruleIn(rules, of, id);
      await deleteQosRule(trx, rule.id);
      return rule.id;
    });
  }

  /** Ports that have the policy, or whose network has it, follow at once. @returns the id of the rule, as `act` said it */
  async #change(
    ctx: Context,
    { policyId, kind }: RulesOf,
    verb: 'create' | 'update' | 'delete',
    act: (trx: InCloud, policy: QosPolicy) => Promise<string>,
  ): Promise<string> {
    const { db, policy } = this.#deps;
    const prepare = async () => {
      const { projectId } = await this.#policy(ctx, policyId);
      policy.check(ctx, `${verb}_policy_${kind}_rule`, { project_id: projectId });
    };
    const id = await change(ctx, { db, what: `qosRule.${verb}`, prepare }, async ({ trx, tell }) => {
      const before = await lockQosPolicy(trx, policyId);
      if (!before) throw QosPolicyNotFound({ id: policyId });
      const ruleId = await act(trx, before);
      const after = await updateQosPolicy(trx, policyId, {});
      if (after) tell(qosPolicyUpdate(after));
      return ruleId;
    });
    await tellHosts(this.#deps, ctx);
    return id;
  }

  async #policy(ctx: Context, id: string): Promise<QosPolicy> {
    const [policy] = isUuid(id) ? await findQosPolicies(this.#deps.db, [id], sightOf(ctx)) : [];
    if (!policy) throw QosPolicyNotFound({ id });
    return policy;
  }
}

function ruleIn(rules: readonly QosRule[], { policyId, kind }: RulesOf, id: string): QosRule {
  const rule = rules.find((one) => one.kind === kind && one.id === id.toLowerCase());
  if (!rule) throw QosRuleNotFound({ policyId, id });
  return rule;
}

function columnsOf(
  settings: QosRuleSettings,
): Partial<Pick<Selectable<QosRulesTable>, 'direction' | 'max_kbps' | 'max_burst_kbps' | 'dscp_mark'>> {
  if ('dscpMark' in settings && settings.dscpMark !== undefined) {
    if (!DSCP_MARKS.includes(settings.dscpMark))
      throw invalidInput('dscp_mark', `'${settings.dscpMark}' is not in ${DSCP_MARKS.join(', ')}.`);
    return { dscp_mark: settings.dscpMark };
  }
  // Seam: what has no mark is a limit.
  const { maxKbps, maxBurstKbps, direction } = settings as Partial<BandwidthLimit>;
  return {
    ...(maxKbps !== undefined && { max_kbps: maxKbps }),
    ...(maxBurstKbps !== undefined && { max_burst_kbps: maxBurstKbps }),
    ...(direction !== undefined && { direction }),
  };
}
