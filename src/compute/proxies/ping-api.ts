/** Which servers answer a ping: each is asked by its host. A server whose guest does not run is not asked, nor one whose host is away. */
import { listServers } from '../../db/stores/servers/list.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import type { Context } from '../../lib/context/context.ts';
import { MessagingTimeout, NoSuchHost } from '../../lib/rpc/messaging-errors.ts';
import { MAX_PINGS, type NetworkRpcApi } from '../../network/rpcapi.ts';
import type { HostName, PortId, ServerId } from '../../objects/ids.ts';
import type { Server } from '../../objects/server.ts';
import type { Policy } from '../../policy/policy.ts';
import { visibleServer } from '../servers/find-server.ts';

/** Which servers to ask. */
export interface PingListing {
  readonly ofAllProjects: boolean;
  /** Only these. */
  readonly include?: readonly string[] | undefined;
  /** All but these. */
  readonly exclude?: readonly string[] | undefined;
}

/** A server, and whether one of its addresses answered. */
export interface PingedServer {
  readonly server: Server;
  readonly isAlive: boolean;
}

const RULE = 'os_compute_api:os-fping';

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly network: Pick<NetworkRpcApi, 'answering'>;
}

/** Servers are read in pages of this size. */
const PAGE = 1000;

export class PingApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async list(ctx: Context, { ofAllProjects, include, exclude = [] }: PingListing): Promise<readonly PingedServer[]> {
    this.#deps.policy.check(ctx, ofAllProjects ? `${RULE}:all_tenants` : RULE, { project_id: ctx.projectId });
    const servers = await this.#servers(ofAllProjects ? null : ctx.projectId);
    const asked = servers.filter(({ id }) => (include ? include.includes(id) : !exclude.includes(id)));
    return await this.#ping(ctx, asked);
  }

  async show(ctx: Context, id: string): Promise<PingedServer> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: RULE });
    const [pinged] = await this.#ping(ctx, [server]);
    return pinged ?? { server, isAlive: false };
  }

  async #servers(projectId: string | null): Promise<readonly Server[]> {
    const all: Server[] = [];
    for (;;) {
      const last = all.at(-1);
      // oxlint-disable-next-line no-await-in-loop -- a page begins where the last one ended
      const page = (await listServers(this.#deps.db, { projectId, limit: PAGE, ...(last && { marker: last.id }) })) ?? [];
      all.push(...page);
      if (page.length < PAGE) return all;
    }
  }

  async #ping(ctx: Context, servers: readonly Server[]): Promise<readonly PingedServer[]> {
    const byHost = Map.groupBy(servers.filter(isRunning), ({ host }) => host);
    const alive = await Promise.all([...byHost].map(([host, some]) => (host === null ? [] : this.#alive(ctx, host, some))));
    const ids = new Set(alive.flat());
    return servers.map((server) => ({ server, isAlive: ids.has(server.id) }));
  }

  /** The servers of a host that answer. */
  async #alive(ctx: Context, host: HostName, servers: readonly Server[]): Promise<readonly ServerId[]> {
    const answering = new Set<PortId>();
    const portIds = servers.flatMap(portsOf);
    for (let from = 0; from < portIds.length; from += MAX_PINGS) {
      // oxlint-disable-next-line no-await-in-loop -- a host pings a bounded number at a time
      for (const id of await this.#ask(ctx, host, portIds.slice(from, from + MAX_PINGS))) answering.add(id);
    }
    return servers.filter((server) => portsOf(server).some((id) => answering.has(id))).map(({ id }) => id);
  }

  #ask(ctx: Context, host: HostName, portIds: PortId[]): Promise<readonly PortId[]> {
    return this.#deps.network.answering(ctx, { host, portIds }).catch((error: unknown) => {
      if (NoSuchHost.is(error) || MessagingTimeout.is(error)) return [];
      throw error;
    });
  }
}

const isRunning = ({ powerState }: Server): boolean => powerState === 'running';

const portsOf = ({ networkInfo }: Server): PortId[] => networkInfo.map(({ portId }) => portId);
