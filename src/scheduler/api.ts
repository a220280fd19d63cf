import type { CellDb } from '../db/sql/queries.ts';
import { findDecisions, type PastDecision, serversOfRequest } from '../db/stores/servers/decisions.ts';
import { placedHosts } from '../db/stores/servers/places.ts';
import { findServer } from '../db/stores/servers/cached-servers.ts';
import { isUuid } from '../objects/ids.ts';
import { demandOf } from '../objects/demand.ts';
import { resourceClass } from '../objects/resources.ts';
import type { Server } from '../objects/server.ts';
import { rootVolumeOf } from '../objects/server-volume.ts';
import type { Rules } from './decide.ts';
import type { ServiceGroup } from '../servicegroup/api.ts';
import { UnknownPlacement } from './errors.ts';
import { type Explanation, explain } from './explain.ts';
import type { HostState } from './host-state.ts';
import { HostTable } from './host-table.ts';
import { requestFor } from './request.ts';
import { resolve } from './resolve.ts';

export type { ExplainedHost, Explanation } from './explain.ts';

/** The decisions about one server. */
export interface ExplainedPlacement {
  readonly serverId: string;
  /** What was decided, the newest first; forgotten after `keep_deleted_days`. */
  readonly decisions: readonly PastDecision[];
  /** What would be decided now, as if the server had no host yet; undefined if its record is gone. */
  readonly now: Explanation | undefined;
}

interface Deps {
  readonly db: CellDb;
  readonly rules: Rules;
  readonly downAfterSeconds: number;
  readonly group?: Pick<ServiceGroup, 'silentHosts'> | undefined;
}

/** Decisions and servers that are told of one request, which may boot many servers on a few hosts each. */
const MAX_DECISIONS = 100;
const MAX_SERVERS = 20;

/** Explains the scheduler's decisions to operators. */
export class SchedulerApi {
  readonly #deps: Deps;
  readonly #table: HostTable;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#table = new HostTable(deps.db, deps);
  }

  /** The placement of a server, by its id, or of each server that a request booted. */
  async explain(serverOrRequest: string): Promise<readonly ExplainedPlacement[]> {
    const { db } = this.#deps;
    const requestId = serverOrRequest.startsWith('req-') ? serverOrRequest : undefined;
    const serverIds = requestId === undefined ? [serverOrRequest].filter(isUuid) : await serversOfRequest(db, requestId, MAX_SERVERS);
    const decisions = await findDecisions(db, { serverIds, requestId, limit: MAX_DECISIONS });
    const explained = await Promise.all(serverIds.map(async (serverId) => await this.#explained(serverId, decisions)));
    const found = explained.filter(({ decisions: past, now }) => past.length > 0 || now !== undefined);
    if (found.length === 0) throw UnknownPlacement({ id: serverOrRequest });
    return found;
  }

  async #explained(serverId: string, all: readonly PastDecision[]): Promise<ExplainedPlacement> {
    const server = await findServer(this.#deps.db, serverId);
    const decisions = all.filter((decision) => decision.serverId === serverId);
    return { serverId, decisions, now: server && (await this.#now(server)) };
  }

  async #now(server: Server): Promise<Explanation> {
    const { db, rules } = this.#deps;
    const spec = requestFor(server, { requestedHost: null });
    const [{ hosts, resolved }, own] = await Promise.all([resolve(spec, { db, rules, table: this.#table }), placedHosts(db, server.id)]);
    return explain(
      own.length === 0 ? hosts : hosts.map((host) => (own.includes(host.host) ? without(server, host) : host)),
      resolved,
      rules,
    );
  }
}

/** A host as if the server had no placement there. */
function without(server: Server, host: HostState): HostState {
  const demand = demandOf({ ...server, isVolumeBacked: rootVolumeOf(server) !== undefined });
  const amount = (name: string): number => demand[name] ?? 0;
  return {
    ...host,
    freeRamMb: host.freeRamMb + amount(resourceClass.memoryMb),
    freeVcpus: host.freeVcpus + amount(resourceClass.vcpu),
    freeDiskGb: host.freeDiskGb + amount(resourceClass.diskGb),
    inventories: Object.fromEntries(
      Object.entries(host.inventories).map(([name, inventory]) => [
        name,
        inventory && { ...inventory, used: inventory.used - amount(name) },
      ]),
    ),
    placedGuests: host.placedGuests.filter(({ serverId }) => serverId !== server.id),
    heldDevices: host.heldDevices.filter(({ serverId }) => serverId !== server.id),
    servers: host.servers - 1,
    busyServers: host.busyServers - (server.vmState === 'building' ? 1 : 0),
  };
}
