import type { Manager } from '../lib/rpc/contract.ts';
import type { Context } from '../lib/context/context.ts';
import type { Ids } from '../lib/clock/ids.ts';
import { recordDecision } from '../db/stores/decisions.ts';
import { snapshotHosts } from '../db/stores/hosts.ts';
import type { Queries } from '../db/stores/queries.ts';
import { decide, type Rules } from './decide.ts';
import { hostStateOf } from './host-state.ts';
import type { Placement, RequestSpec } from './request.ts';
import type { schedulerRpc } from './rpcapi.ts';

export interface SchedulerDeps {
  readonly db: Queries;
  readonly ids: Ids;
  readonly rules: Rules;
  /** After how many seconds of silence a host counts as down. */
  readonly downAfterSeconds: number;
}

/** Takes a snapshot of all hosts, decides, and keeps the decision with its reasons. Claims are not its business. */
export class SchedulerManager implements Manager<typeof schedulerRpc> {
  readonly #deps: SchedulerDeps;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
  }

  async selectDestination(ctx: Context, { request }: { request: RequestSpec }): Promise<Placement> {
    const { db, ids, rules, downAfterSeconds } = this.#deps;
    const hosts = (await snapshotHosts(db)).map((row) => hostStateOf(row, downAfterSeconds));
    const { hosts: best, refusals, weights } = decide(hosts, request, rules, ids);
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
