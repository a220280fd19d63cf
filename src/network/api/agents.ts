import type { Context } from '../../lib/context/context.ts';
import { errorType } from '../../lib/errors/error-type.ts';
import type { NetworkAgent } from '../../objects/network.ts';
import type { NetworkApiDeps } from './deps.ts';

const AgentNotFound = errorType('AgentNotFound', 'not-found', (p: { id: string }) => `Agent ${p.id} could not be found.`);

/** The network services of hosts, for operators; others see none. */
export class AgentsApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context): Promise<readonly NetworkAgent[]> {
    return this.#maySee(ctx) ? await this.#deps.agents() : [];
  }

  /** Throws AgentNotFound if the caller may not see it. */
  async show(ctx: Context, id: string): Promise<NetworkAgent> {
    const agent = (await this.list(ctx)).find((one) => one.id === id.toLowerCase());
    if (!agent) throw AgentNotFound({ id });
    return agent;
  }

  #maySee(ctx: Context): boolean {
    return this.#deps.policy.may(ctx, 'get_agent');
  }
}
