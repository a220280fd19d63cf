import type { CellDb } from '../../db/sql/queries.ts';
import type { Context } from '../../lib/context/context.ts';
import type { GroupsOfServer, PortsOfServers } from '../../network/server-networking.ts';
import type { Port } from '../../objects/network.ts';
import type { Policy } from '../../policy/policy.ts';
import { PortNotOfServer } from './errors.ts';
import { visibleServer } from './find-server.ts';
import { checkMayBegin } from './may-begin.ts';

export interface ServerPortsDeps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly networks: { readonly ofServers: PortsOfServers };
}

/** A server's addresses can be changed at any time, unless its owner locked it. */
const ANY_TIME = { from: 'any', during: 'any', lockable: true } as const;

/** A server's ports and their security groups, whatever implements networking. */
export class ServerPortsApi {
  readonly #deps: ServerPortsDeps;

  constructor(deps: ServerPortsDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, id: string): Promise<readonly Port[]> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: 'os_compute_api:os-attach-interfaces:list' });
    return await this.#deps.networks.ofServers.ports(server.id);
  }

  async show(ctx: Context, id: string, portId: string): Promise<Port> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: 'os_compute_api:os-attach-interfaces:show' });
    const port = (await this.#deps.networks.ofServers.ports(server.id)).find((one) => one.id === portId);
    if (!port) throw PortNotOfServer({ id, portId });
    return port;
  }

  async groups(ctx: Context, id: string): Promise<GroupsOfServer> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: 'os_compute_api:os-security-groups:list' });
    return await this.#deps.networks.ofServers.groups(server.id);
  }

  /** By the group's name or id. */
  async addGroup(ctx: Context, id: string, name: string): Promise<void> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: 'os_compute_api:os-security-groups:add' });
    await this.#deps.networks.ofServers.addGroup(ctx, { serverId: server.id, projectId: server.projectId, name });
  }

  async removeGroup(ctx: Context, id: string, name: string): Promise<void> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: 'os_compute_api:os-security-groups:remove' });
    await this.#deps.networks.ofServers.removeGroup(ctx, { serverId: server.id, projectId: server.projectId, name });
  }

  async addFixedIp(ctx: Context, id: string, networkId: string): Promise<void> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: 'os_compute_api:os-multinic:add' });
    checkMayBegin(ctx, server, ANY_TIME, 'addFixedIp');
    await this.#deps.networks.ofServers.addFixedIp(ctx, { serverId: server.id, networkId });
  }

  async removeFixedIp(ctx: Context, id: string, address: string): Promise<void> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: 'os_compute_api:os-multinic:remove' });
    checkMayBegin(ctx, server, ANY_TIME, 'removeFixedIp');
    await this.#deps.networks.ofServers.removeFixedIp(ctx, { serverId: server.id, address });
  }
}
