/** The builtin network service: what may be done with networks, and by whom. Edges knock here, and so does the compute api. */
import type { Context } from '../lib/context/context.ts';
import type { RequestedNetworks } from '../objects/network-info.ts';
import { type NetworkApiDeps, ownerOf } from './api/deps.ts';
import { NotForSeveralServers, PortLimitExceeded } from './errors.ts';
import { GroupsApi } from './api/groups.ts';
import { checkGroupNames } from './books/group-names.ts';
import { NetworksApi } from './api/networks.ts';
import { roomFor } from './books/quota.ts';
import { refuseUnusual } from './api/port-wishes.ts';
import { PortsApi } from './api/ports.ts';
import { QuotasApi } from './api/quotas.ts';
import { type PlannedPort, planPorts } from './books/requested.ts';
import { SubnetsApi } from './api/subnets.ts';
import type { NetworkingChecks } from './server-networking.ts';

export type { NetworkApiDeps } from './api/deps.ts';
export type { ListQuery } from './api/listing.ts';

export class NetworkApi implements NetworkingChecks {
  readonly networks: NetworksApi;
  readonly subnets: SubnetsApi;
  readonly ports: PortsApi;
  readonly groups: GroupsApi;
  readonly quotas: QuotasApi;
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
    this.networks = new NetworksApi(deps);
    this.subnets = new SubnetsApi(deps);
    this.ports = new PortsApi(deps);
    this.groups = new GroupsApi(deps);
    this.quotas = new QuotasApi(deps);
  }

  /** The zones that networks are in: every host carries every network, so there is one. */
  zones(ctx: Context): readonly string[] {
    this.#deps.policy.check(ctx, 'get_availability_zone');
    return [this.#deps.zone];
  }

  /** A quota that has no room for the ports of `count` servers is wrong, too. */
  async checkRequested(ctx: Context, requested: RequestedNetworks, count: number): Promise<void> {
    if (count > 1 && typeof requested !== 'string') refuseSharing(requested, count);
    const asker = { projectId: ownerOf(ctx, undefined), isAdmin: ctx.isAdmin };
    const plan = await planPorts(this.#deps.db, asker, requested);
    for (const planned of plan) this.#checkWish(ctx, planned);
    const newPorts = plan.filter(({ kind }) => kind === 'new').length * count;
    if (newPorts > 0 && newPorts > (await this.#roomForPorts(asker.projectId))) throw PortLimitExceeded({});
  }

  #roomForPorts(projectId: string): Promise<number> {
    return roomFor(this.#deps.db, this.#deps.quotaLimits, projectId, 'port');
  }

  /** By name or id; throws UnknownSecurityGroup. */
  async checkSecurityGroups(ctx: Context, names: readonly string[]): Promise<void> {
    await checkGroupNames(this.#deps.db, { projectId: ownerOf(ctx, undefined), names });
  }

  #checkWish(ctx: Context, planned: PlannedPort): void {
    if (planned.kind === 'given' || planned.fixedIp === undefined) return;
    const port = { fixedIps: [{ ipAddress: planned.fixedIp }] };
    refuseUnusual(this.#deps.policy, ctx, { verb: 'create', port, network: planned.network });
  }
}

/** A port and an address are for one server. */
function refuseSharing(requested: Exclude<RequestedNetworks, string>, count: number): void {
  for (const { portId, fixedIp } of requested) {
    if (portId !== undefined) throw NotForSeveralServers({ what: `Port ${portId}`, count });
    if (fixedIp !== undefined) throw NotForSeveralServers({ what: `Fixed IP ${fixedIp}`, count });
  }
}
