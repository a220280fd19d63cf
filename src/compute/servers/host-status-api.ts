import type { CellDb } from '../../db/sql/queries.ts';
import { computeServiceOn } from '../../db/stores/hosts/services.ts';
import { variantOf } from '../../lib/memo/variant.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Server } from '../../objects/server.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';

/** The status of a server's host: UNKNOWN if its heartbeat is too old, empty if the server has no host. */
export type HostStatus = 'UP' | 'DOWN' | 'MAINTENANCE' | 'UNKNOWN' | '';

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly group: Pick<ServiceGroup, 'counts'>;
}

/** Tells the status of servers' hosts, for a page at once. */
export class HostStatusApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The same servers with the status of their hosts, if policy allows; some callers may see only that it is UNKNOWN. */
  async of(ctx: Context, servers: readonly Server[]): Promise<readonly (Server & { readonly hostStatus?: HostStatus })[]> {
    const { policy } = this.#deps;
    const mayKnowAll = policy.may(ctx, 'os_compute_api:servers:show:host_status');
    if (!mayKnowAll && !policy.may(ctx, 'os_compute_api:servers:show:host_status:unknown-only')) return servers;
    const statuses = await this.#statuses([...new Set(servers.flatMap(({ host }) => host ?? []))]);
    return servers.map((server) => {
      const hostStatus = statuses.get(server.host ?? '') ?? '';
      return mayKnowAll || hostStatus === 'UNKNOWN' ? variantOf(server, { hostStatus }) : server;
    });
  }

  async #statuses(hosts: readonly string[]): Promise<ReadonlyMap<string, HostStatus>> {
    const { db, group } = this.#deps;
    const services = await Promise.all(hosts.map((host) => computeServiceOn(db, host)));
    const known = new Map<string, HostStatus>();
    for (const service of services) {
      if (!service) continue;
      const { host, forcedDown, disabled } = service;
      known.set(host, forcedDown ? 'DOWN' : disabled ? 'MAINTENANCE' : group.counts(service) ? 'UP' : 'UNKNOWN');
    }
    return known;
  }
}
