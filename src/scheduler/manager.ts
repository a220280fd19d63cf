import type { Manager } from '../lib/rpc/contract.ts';
import type { Context } from '../lib/context/context.ts';
import type { Ids } from '../lib/clock/ids.ts';
import { recordDecision } from '../db/stores/servers/decisions.ts';
import { adoptRestoredChanges } from '../db/stores/hosts/host-changes.ts';
import type { CellDb } from '../db/sql/queries.ts';
import { decide, type Rules } from './decide.ts';
import type { ServiceGroup } from '../servicegroup/api.ts';
import { AllHostsSilent } from './errors.ts';
import type { HostState } from './host-state.ts';
import { HostTable } from './host-table.ts';
import type { Placement, RequestSpec } from './request.ts';
import { resolve } from './resolve.ts';
import type { schedulerRpc } from './rpcapi.ts';

export interface SchedulerDeps {
  readonly db: CellDb;
  readonly ids: Ids;
  readonly rules: Rules;
  /** Seconds without a heartbeat after which a host counts as down. */
  readonly downAfterSeconds: number;
  readonly group?: Pick<ServiceGroup, 'silentHosts'>;
}

/** Reads the current hosts, decides, and records the decision with its reasons. It makes no claims. */
export class SchedulerManager implements Manager<typeof schedulerRpc> {
  readonly #deps: SchedulerDeps;
  readonly #hosts: HostTable;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
    this.#hosts = new HostTable(deps.db, deps);
  }

  /** Preloads all hosts, so that the first request is not slow. */
  async warmUp(): Promise<void> {
    await adoptRestoredChanges(this.#deps.db);
    await this.#hosts.current();
  }

  async selectDestination(ctx: Context, { request }: { request: RequestSpec }): Promise<Placement> {
    const { db, ids, rules } = this.#deps;
    const { hosts, resolved } = await resolve(request, { db, rules, table: this.#hosts });
    insistOnALife(hosts);
    const { hosts: best, refusals, weights } = decide(hosts, resolved, rules, ids);
    const [chosen, ...alternates] = best.map(({ host }) => host);
    const decisionId = ids.uuid();
    await recordDecision(db, {
      id: decisionId,
      serverId: request.serverId,
      requestId: ctx.requestId,
      chosen: chosen ?? null,
      alternates,
      refusals,
      weights,
    });
    if (chosen === undefined) return { kind: 'refused', refusals: [...refusals], hosts: hosts.length, decisionId };
    return { kind: 'placed', host: chosen, alternates, decisionId };
  }
}

/** If every host is silent, the queue was probably down: fail as unavailable, so that the caller retries. */
function insistOnALife(hosts: readonly HostState[]): void {
  if (hosts.length === 0 || hosts.some(({ silentSeconds }) => silentSeconds === undefined)) return;
  throw AllHostsSilent({ hosts: hosts.length, seconds: Math.round(Math.min(...hosts.map(({ silentSeconds = 0 }) => silentSeconds))) });
}
