import { change } from '../../db/change.ts';
import { deleteAgentBuild, insertAgentBuild, listAgentBuilds, updateAgentBuild } from '../../db/stores/hosts/agent-builds.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import { agentBuildCreate, agentBuildDelete, agentBuildUpdate } from '../../events/compute.ts';
import type { Context } from '../../lib/context/context.ts';
import type { AgentBuild, AgentFile } from '../../objects/agent-build.ts';
import type { Policy } from '../../policy/policy.ts';
import { AgentBuildExists, AgentBuildNotFound } from './agent-errors.ts';

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
}

/** Builds of guest agents, for tools that keep the agents of guests current. */
export class AgentApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async list(ctx: Context, hypervisor?: string): Promise<readonly AgentBuild[]> {
    this.#check(ctx, 'list');
    return await listAgentBuilds(this.#deps.db, hypervisor);
  }

  async create(ctx: Context, build: Omit<AgentBuild, 'id'>): Promise<AgentBuild> {
    this.#check(ctx, 'create');
    return await change(ctx, { db: this.#deps.db, what: 'agentBuild.create' }, async ({ trx, tell }) => {
      const made = await insertAgentBuild(trx, build);
      if (!made) throw AgentBuildExists(build);
      tell(agentBuildCreate(made));
      return made;
    });
  }

  async update(ctx: Context, id: number, file: AgentFile): Promise<AgentBuild> {
    this.#check(ctx, 'update');
    return await change(ctx, { db: this.#deps.db, what: `agentBuild.update ${id}` }, async ({ trx, tell }) => {
      const changed = await updateAgentBuild(trx, id, file);
      if (!changed) throw AgentBuildNotFound({ id });
      tell(agentBuildUpdate(changed));
      return changed;
    });
  }

  async delete(ctx: Context, id: number): Promise<void> {
    this.#check(ctx, 'delete');
    await change(ctx, { db: this.#deps.db, what: `agentBuild.delete ${id}` }, async ({ trx, tell }) => {
      const gone = await deleteAgentBuild(trx, id);
      if (!gone) throw AgentBuildNotFound({ id });
      tell(agentBuildDelete(gone));
    });
  }

  #check(ctx: Context, what: 'list' | 'create' | 'update' | 'delete'): void {
    this.#deps.policy.check(ctx, `os_compute_api:os-agents:${what}`);
  }
}
