import type { Manager } from '../lib/rpc/contract.ts';
import type { Context } from '../lib/context/context.ts';
import type { Ids } from '../lib/clock/ids.ts';
import { recordDecision } from '../db/stores/decisions.ts';
import { snapshotHosts } from '../db/stores/hosts.ts';
import type { Queries } from '../db/stores/queries.ts';
import { serversByHost } from '../db/stores/server-places.ts';
import { decide, type Rules } from './decide.ts';
import { allHintedServers } from './hinted-servers.ts';
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
    const [rows, hinted] = await Promise.all([snapshotHosts(db), findHinted(db, request)]);
    const hosts = rows.map((row) => hostStateOf(row, downAfterSeconds, hinted.get(row.host)));
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

/** Where the servers are that the hints name. Those of other projects count as not there, or a hint would tell who shares a host with whom. */
const findHinted = (db: Queries, request: RequestSpec) =>
  serversByHost(db, { ids: allHintedServers(request), projectId: request.projectId });
