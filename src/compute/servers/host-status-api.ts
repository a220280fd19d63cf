import type { CellDb } from '../../db/sql/queries.ts';
import { computeServiceOn } from '../../db/stores/hosts/services.ts';
import { setNewest } from '../../lib/memo/set-newest.ts';
import { variantOf } from '../../lib/memo/variant.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Server } from '../../objects/server.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';

/** The status of a server's host: UNKNOWN if its heartbeat is too old, empty if the server has no host. */
export type HostStatus = 'UP' | 'DOWN' | 'MAINTENANCE' | 'UNKNOWN' | '';

type WithStatus = Server & { readonly hostStatus?: HostStatus };

/** Reads whose hosts are remembered. */
const MOST_REMEMBERED = 1_000;

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly group: Pick<ServiceGroup, 'judge'>;
}

/** Tells the status of servers' hosts, for a page at once. */
export class HostStatusApi {
  readonly #deps: Deps;
  /** On which hosts reads have found servers, by the names of the reads. */
  readonly #lastHosts = new Map<string, readonly string[]>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Reads servers and adds the status of each one's host, where the caller may know it: some may know only that a host's status is UNKNOWN.
   * It takes one round trip where it can: it asks for the hosts of the last read of the same name while the servers are read, and
   * afterwards for those that were not among them.
   */
  async during(ctx: Context, name: string, read: () => Promise<readonly Server[]>): Promise<readonly WithStatus[]> {
    const { policy } = this.#deps;
    const mayKnowAll = policy.may(ctx, 'os_compute_api:servers:show:host_status');
    if (!mayKnowAll && !policy.may(ctx, 'os_compute_api:servers:show:host_status:unknown-only')) return await read();
    const expected = this.#lastHosts.get(name) ?? [];
    const [servers, early] = await Promise.all([read(), this.#statuses(expected)]);
    const hosts = [...new Set(servers.flatMap(({ host }) => host ?? []))];
    setNewest(this.#lastHosts, [name, hosts], MOST_REMEMBERED);
    const late = await this.#statuses(hosts.filter((host) => !expected.includes(host)));
    return servers.map((server) => {
      const hostStatus = early.get(server.host ?? '') ?? late.get(server.host ?? '') ?? '';
      return mayKnowAll || hostStatus === 'UNKNOWN' ? variantOf(server, { hostStatus }) : server;
    });
  }

  async #statuses(hosts: readonly string[]): Promise<ReadonlyMap<string, HostStatus>> {
    const { db, group } = this.#deps;
    const services = await Promise.all(hosts.map((host) => computeServiceOn(db, host)));
    const known = new Map<string, HostStatus>();
    for (const { host, forcedDown, disabled, isUp } of await group.judge(services.flatMap((service) => service ?? [])))
      known.set(host, forcedDown ? 'DOWN' : disabled ? 'MAINTENANCE' : isUp ? 'UP' : 'UNKNOWN');
    return known;
  }
}
