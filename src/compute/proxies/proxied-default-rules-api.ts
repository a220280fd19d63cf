import type { Context } from '../../lib/context/context.ts';
import type { NetworkApi } from '../../network/api.ts';
import type { DefaultRule } from '../../objects/network.ts';
import type { Policy } from '../../policy/policy.ts';
import { type AskedDefaultRule, defaultRuleOf } from './asked-rule.ts';

interface Deps {
  readonly policy: Policy;
  readonly networks: Pick<NetworkApi, 'defaultRules'>;
}

/** Rules that the default group of each new project gets, passed on to the network service. */
export class ProxiedDefaultRulesApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async list(ctx: Context): Promise<readonly DefaultRule[]> {
    this.#check(ctx);
    return await this.#deps.networks.defaultRules.list(ctx);
  }

  async show(ctx: Context, id: number): Promise<DefaultRule> {
    this.#check(ctx);
    return await this.#deps.networks.defaultRules.show(ctx, id);
  }

  async create(ctx: Context, asked: AskedDefaultRule): Promise<DefaultRule> {
    this.#check(ctx);
    return await this.#deps.networks.defaultRules.create(ctx, defaultRuleOf(asked));
  }

  async delete(ctx: Context, id: number): Promise<void> {
    this.#check(ctx);
    await this.#deps.networks.defaultRules.delete(ctx, id);
  }

  #check(ctx: Context): void {
    this.#deps.policy.check(ctx, 'os_compute_api:os-security-group-default-rules');
  }
}
