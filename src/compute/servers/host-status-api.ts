import type { Queries } from '../../db/sql/queries.ts';
import { computeServiceOn } from '../../db/stores/hosts/services.ts';
import type { Server } from '../../objects/server.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';

/** How a server's host does: UNKNOWN when nobody has heard of it for long, empty when the server has none. */
export type HostStatus = 'UP' | 'DOWN' | 'MAINTENANCE' | 'UNKNOWN' | '';

/** Tells of servers how their hosts do, for all of a page at once. */
export class HostStatusApi {
  readonly #deps: { readonly db: Queries; readonly group: Pick<ServiceGroup, 'counts'> };

  constructor(deps: { readonly db: Queries; readonly group: Pick<ServiceGroup, 'counts'> }) {
    this.#deps = deps;
  }

  /** The same servers with the status of their hosts. */
  async of(servers: readonly Server[]): Promise<readonly (Server & { readonly hostStatus: HostStatus })[]> {
    const { db, group } = this.#deps;
    const hosts = [...new Set(servers.flatMap(({ host }) => host ?? []))];
    const services = await Promise.all(hosts.map((host) => computeServiceOn(db, host)));
    const known = new Map<string, HostStatus>();
    for (const service of services) {
      if (!service) continue;
      const { host, forcedDown, disabled } = service;
      known.set(host, forcedDown ? 'DOWN' : disabled ? 'MAINTENANCE' : group.counts(service) ? 'UP' : 'UNKNOWN');
    }
    return servers.map((server) => ({ ...server, hostStatus: known.get(server.host ?? '') ?? '' }));
  }
}
