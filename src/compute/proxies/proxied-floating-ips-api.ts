import type { CellDb } from '../../db/sql/queries.ts';
import type { Context } from '../../lib/context/context.ts';
import { NovaError } from '../../lib/errors/error-type.ts';
import type { NetworkApi } from '../../network/api.ts';
import type { ShownFloatingIp } from '../../network/api/floating-ips.ts';
import { isUuid, type ServerId } from '../../objects/ids.ts';
import type { Network, Port } from '../../objects/network.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { visibleServer } from '../servers/find-server.ts';
import { checkMayBegin } from '../servers/may-begin.ts';
import {
  FloatingIpAddressUnknown,
  FloatingIpAssociateFailed,
  FloatingIpLimitExceeded,
  FloatingIpNotFoundForId,
  FloatingIpNotOfServer,
  FloatingIpPoolNotFound,
  NoMoreFloatingIps,
} from './errors.ts';

/** A floating IP with the name of its pool: that of its network. */
export interface PooledIp {
  readonly id: string;
  readonly address: string;
  readonly pool: string;
  /** Where it leads to. */
  readonly fixedIp: string | null;
  readonly serverId: ServerId | null;
}

/** An address for a server, and which of its own addresses it is to lead to. */
export interface AskedAddress {
  readonly address: string;
  readonly fixedAddress?: string;
}

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly networks: Pick<NetworkApi, 'networks' | 'floatingIps' | 'ofServers'>;
  /** The pool of who names none. */
  readonly defaultPool: string;
}

/** The most networks and floating IPs that are read for a list. */
const MOST = 10_000;

/** A server's addresses can be changed at any time, unless its owner locked it. */
const ANY_TIME = { from: 'any', during: 'any', lockable: true } as const;

/** Floating IPs of the caller's project, passed on to the network service; its refusals are told as Nova told them. */
export class ProxiedFloatingIpsApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async list(ctx: Context): Promise<readonly PooledIp[]> {
    this.#check(ctx, 'os_compute_api:os-floating-ips:list');
    return await this.#pooled(ctx, await this.#ofProject(ctx, {}));
  }

  async show(ctx: Context, id: string): Promise<PooledIp> {
    this.#check(ctx, 'os_compute_api:os-floating-ips:show');
    return await this.#find(ctx, id);
  }

  /** The names of the external networks. */
  async pools(ctx: Context): Promise<readonly string[]> {
    this.#check(ctx, 'os_compute_api:os-floating-ip-pools');
    return (await this.#external(ctx)).map(nameOf);
  }

  /** An address of a pool, named by its name or id. */
  async create(ctx: Context, named: string | undefined): Promise<PooledIp> {
    this.#check(ctx, 'os_compute_api:os-floating-ips:create');
    const pool = named ?? this.#deps.defaultPool;
    const network = (await this.#external(ctx)).find(({ id, name }) => id === pool || name === pool);
    if (!network) throw FloatingIpPoolNotFound({});
    try {
      return pooled(await this.#deps.networks.floatingIps.create(ctx, { networkId: network.id }), nameOf(network));
    } catch (error) {
      if (!(error instanceof NovaError)) throw error;
      if (error.kind === 'over-limit') throw FloatingIpLimitExceeded({ pool }, { cause: error });
      throw error.name === 'ExternalIpAddressExhausted' ? NoMoreFloatingIps({ pool }, { cause: error }) : error;
    }
  }

  async delete(ctx: Context, id: string): Promise<void> {
    this.#check(ctx, 'os_compute_api:os-floating-ips:delete');
    const found = await this.#find(ctx, id);
    await this.#deps.networks.floatingIps.delete(ctx, found.id);
  }

  /** Leads a floating IP of the caller's to an address of the server; one that led elsewhere is led here. */
  async add(ctx: Context, id: string, { address, fixedAddress }: AskedAddress): Promise<void> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: 'os_compute_api:os-floating-ips:add' });
    checkMayBegin(ctx, server, ANY_TIME, 'addFloatingIp');
    const { port, fixedIp } = targetIn(await this.#deps.networks.ofServers.ports(server.id), { id, address, fixedAddress });
    const floatingIp = await this.#byAddress(ctx, address);
    try {
      await this.#deps.networks.floatingIps.update(ctx, floatingIp.id, { target: { portId: port.id, fixedIp } });
    } catch (error) {
      if (!(error instanceof NovaError)) throw error;
      const what = `Unable to associate floating IP ${address} to fixed IP ${fixedIp} for instance ${id}.`;
      throw FloatingIpAssociateFailed({ reason: `${what} Error: ${error.message}` }, { cause: error });
    }
  }

  async remove(ctx: Context, id: string, address: string): Promise<void> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: 'os_compute_api:os-floating-ips:remove' });
    checkMayBegin(ctx, server, ANY_TIME, 'removeFloatingIp');
    const floatingIp = await this.#byAddress(ctx, address);
    if (floatingIp.port?.serverId !== server.id) throw FloatingIpNotOfServer({ address, id });
    await this.#deps.networks.floatingIps.update(ctx, floatingIp.id, { target: null });
  }

  #check(ctx: Context, rule: PolicyRule): void {
    this.#deps.policy.check(ctx, rule, { project_id: ctx.projectId });
  }

  #ofProject(ctx: Context, filters: Readonly<Record<string, readonly string[]>>): Promise<readonly ShownFloatingIp[]> {
    const mine = { ...filters, project_id: [ctx.projectId ?? ''] };
    return this.#deps.networks.floatingIps.list(ctx, { filters: mine, sort: [], limit: MOST });
  }

  async #find(ctx: Context, id: string): Promise<PooledIp> {
    const [found] = isUuid(id) ? await this.#pooled(ctx, await this.#ofProject(ctx, { id: [id] })) : [];
    if (!found) throw FloatingIpNotFoundForId({ id });
    return found;
  }

  async #byAddress(ctx: Context, address: string): Promise<ShownFloatingIp> {
    const [found] = await this.#deps.networks.floatingIps.list(ctx, { filters: { floating_ip_address: [address] }, sort: [], limit: 1 });
    if (!found) throw FloatingIpAddressUnknown({});
    return found;
  }

  #external(ctx: Context): Promise<readonly Network[]> {
    return this.#deps.networks.networks.list(ctx, { filters: { 'router:external': ['true'] }, sort: [], limit: MOST });
  }

  async #pooled(ctx: Context, floatingIps: readonly ShownFloatingIp[]): Promise<readonly PooledIp[]> {
    const networks = floatingIps.length > 0 ? await this.#external(ctx) : [];
    return floatingIps.map((floatingIp) => {
      const network = networks.find(({ id }) => id === floatingIp.networkId);
      return pooled(floatingIp, network ? nameOf(network) : floatingIp.networkId);
    });
  }
}

const pooled = ({ id, address, target, port }: ShownFloatingIp, pool: string): PooledIp => ({
  id,
  address,
  pool,
  fixedIp: target?.fixedIp ?? null,
  serverId: port?.serverId ?? null,
});

const nameOf = ({ id, name }: Network): string => name || id;

/** The address of a server that a floating IP is to lead to: the one that is named, else the first of version 4. */
function targetIn(
  ports: readonly Port[],
  { id, address, fixedAddress }: { readonly id: string } & { [K in keyof AskedAddress]: AskedAddress[K] | undefined },
) {
  const all = ports.flatMap((port) => port.fixedIps.map(({ ipAddress }) => ({ port, fixedIp: ipAddress })));
  if (all.length === 0) throw FloatingIpAssociateFailed({ reason: 'No fixed IPs associated to instance' });
  if (fixedAddress !== undefined) {
    const named = all.find(({ fixedIp }) => fixedIp === fixedAddress);
    if (!named) throw FloatingIpAssociateFailed({ reason: 'Specified fixed address not assigned to instance' });
    return named;
  }
  const first = all.find(({ fixedIp }) => !fixedIp.includes(':'));
  if (first) return first;
  const what = `Unable to associate floating IP ${address} to any fixed IPs for instance ${id}.`;
  throw FloatingIpAssociateFailed({ reason: `${what} Instance has no fixed IPv4 addresses to associate.` });
}
