import { change } from '../../db/change.ts';
import {
  deleteDefaultRule,
  findDefaultRule,
  holdDefaultRules,
  insertDefaultRule,
  listDefaultRules,
} from '../../db/stores/network/default-rules.ts';
import { defaultRuleCreate, defaultRuleDelete } from '../../events/network-defaults.ts';
import type { Context } from '../../lib/context/context.ts';
import type { DefaultRule } from '../../objects/network.ts';
import { MOST_DEFAULT_RULES } from '../books/default-group.ts';
import { DefaultRuleExists, DefaultRuleNotFound, TooManyDefaultRules } from '../errors.ts';
import { planRule } from '../plan/rule-plan.ts';
import type { NetworkApiDeps } from './deps.ts';

/** A protocol and ports that an address range may reach. */
export interface NewDefaultRule {
  readonly ethertype: 'IPv4' | 'IPv6';
  readonly protocol: string;
  readonly portMin: number | null;
  readonly portMax: number | null;
  readonly remoteCidr: string;
}

/** Incoming rules that the default group of each new project gets; groups that are there keep theirs. */
export class DefaultRulesApi {
  readonly #deps: Pick<NetworkApiDeps, 'db' | 'policy'>;

  constructor(deps: Pick<NetworkApiDeps, 'db' | 'policy'>) {
    this.#deps = deps;
  }

  async list(ctx: Context): Promise<readonly DefaultRule[]> {
    this.#deps.policy.check(ctx, 'get_default_security_group_rule');
    return await listDefaultRules(this.#deps.db, MOST_DEFAULT_RULES);
  }

  async show(ctx: Context, id: number): Promise<DefaultRule> {
    this.#deps.policy.check(ctx, 'get_default_security_group_rule');
    const rule = await findDefaultRule(this.#deps.db, id);
    if (!rule) throw DefaultRuleNotFound({ id });
    return rule;
  }

  async create(ctx: Context, wanted: NewDefaultRule): Promise<DefaultRule> {
    this.#deps.policy.check(ctx, 'create_default_security_group_rule');
    const { ethertype, portMin, portMax, protocol, remoteCidr } = planRule({ ...wanted, direction: 'ingress' });
    const rule = { ethertype, portMin, portMax, protocol: protocol ?? wanted.protocol, remoteCidr: remoteCidr ?? wanted.remoteCidr };
    return await change(ctx, { db: this.#deps.db, what: 'defaultSecurityGroupRule.create' }, async ({ trx, tell }) => {
      await holdDefaultRules(trx);
      if ((await listDefaultRules(trx, MOST_DEFAULT_RULES)).length >= MOST_DEFAULT_RULES) throw TooManyDefaultRules({});
      const made = await insertDefaultRule(trx, rule);
      if (!made) throw DefaultRuleExists({});
      tell(defaultRuleCreate(made));
      return made;
    });
  }

  async delete(ctx: Context, id: number): Promise<void> {
    this.#deps.policy.check(ctx, 'delete_default_security_group_rule');
    await change(ctx, { db: this.#deps.db, what: `defaultSecurityGroupRule.delete ${id}` }, async ({ trx, tell }) => {
      const gone = await deleteDefaultRule(trx, id);
      if (!gone) throw DefaultRuleNotFound({ id });
      tell(defaultRuleDelete(gone));
    });
  }
}
