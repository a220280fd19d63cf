import { change, type Changing } from '../../db/change.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import {
  deleteFloatingIp,
  findFloatingIps,
  insertFloatingIp,
  listFloatingIps,
  lockFloatingIp,
  updateFloatingIp,
} from '../../db/stores/network/floating-ips.ts';
import { findNetworks, listNetworks, subnetsOf } from '../../db/stores/network/networks.ts';
import { deletePort, portsWithIds } from '../../db/stores/network/ports.ts';
import { portCreate, portDelete } from '../../events/network.ts';
import { floatingIpCreate, floatingIpDelete, floatingIpUpdate } from '../../events/routers.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid, type ServerId } from '../../objects/ids.ts';
import type { FloatingIp, Port, Subnet } from '../../objects/network.ts';
import { tellAddresses } from '../books/addresses.ts';
import { lead, type WantedTarget } from '../books/floating-targets.ts';
import type { WantedAddress } from '../plan/address-choice.ts';
import { takeQuota } from '../books/quota.ts';
import { addExternalPort } from '../books/router-legs.ts';
import { tellHosts } from '../books/tell-hosts.ts';
import { MarkerUnknown, NetworkNotFound, SubnetNotFound } from '../errors.ts';
import { BadFloatingIp, FipInUseByPortForwarding, FloatingIpNotFound } from '../router-errors.ts';
import { type NetworkApiDeps, ownerOf, sightOf } from './deps.ts';
import { listFields } from './list-fields.ts';
import { type ListQuery, pageQueryOf } from './listing.ts';
import { type Expecting, refuseOutdated } from './revision.ts';
import { checkWantedAddresses } from './wanted-addresses.ts';

/** What may change of a floating IP. */
export interface FloatingIpChanges {
  readonly description?: string;
  /** Where it leads to; null: nowhere. */
  readonly target?: WantedTarget | null;
}

/** A floating IP to create. */
export interface NewFloatingIp extends FloatingIpChanges {
  readonly networkId: string;
  readonly projectId?: string;
  /** Left out: any. */
  readonly address?: string;
  readonly subnetId?: string;
  readonly tags?: readonly string[];
}

/** A floating IP with the port that it leads to. */
export interface ShownFloatingIp extends FloatingIp {
  readonly port: Port | undefined;
}

/** The owner of the port that holds a floating address, as clients see it. */
const OWNER = 'network:floatingip';

/** Floating IPs of a project. */
export class FloatingIpsApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, query: ListQuery): Promise<readonly ShownFloatingIp[]> {
    this.#deps.policy.check(ctx, 'get_floatingip');
    const found = await listFloatingIps(this.#deps.db, pageQueryOf(listFields.floatingIps, query), sightOf(ctx));
    if (!found) throw MarkerUnknown({ marker: query.marker ?? '' });
    return await this.#withPorts(found);
  }

  /** The subnets that the caller's floating IPs can come from. */
  async pools(ctx: Context): Promise<readonly Subnet[]> {
    this.#deps.policy.check(ctx, 'get_floatingip_pool');
    const { db } = this.#deps;
    const networks = (await listNetworks(db, { columns: { external: ['true'] }, sort: [], limit: MAX_POOLS }, sightOf(ctx))) ?? [];
    const subnets = await subnetsOf(
      db,
      networks.map(({ id }) => id),
    );
    return subnets.filter(({ ipVersion }) => ipVersion === 4);
  }

  /** Throws FloatingIPNotFound if the caller may not see it. */
  async show(ctx: Context, id: string): Promise<ShownFloatingIp> {
    this.#deps.policy.check(ctx, 'get_floatingip');
    return await this.#shown(ctx, id);
  }

  async create(ctx: Context, wanted: NewFloatingIp): Promise<ShownFloatingIp> {
    const { db, ids, policy, quotaLimits } = this.#deps;
    const projectId = ownerOf(ctx, wanted.projectId);
    policy.check(ctx, 'create_floatingip', { project_id: projectId });
    if (wanted.address !== undefined) policy.check(ctx, 'create_floatingip:floating_ip_address', { project_id: projectId });
    const addresses = await this.#planAddress(ctx, wanted);
    const made = await change(ctx, { db, what: 'floatingIp.create' }, async (changing) => {
      const { trx, tell } = changing;
      await takeQuota(trx, quotaLimits, { projectId, resource: 'floatingip', count: 1 });
      const id = ids.uuid();
      const columns = { device_id: id, device_owner: OWNER, port_security_enabled: false };
      const own_port_id = await addExternalPort(trx, ids, { networkId: wanted.networkId, addresses, onlyVersion: 4, columns });
      const [port] = await portsWithIds(trx, [own_port_id]);
      const address = port?.fixedIps[0]?.ipAddress ?? '';
      const row = { id, project_id: projectId, network_id: wanted.networkId, own_port_id, address, tags: wanted.tags };
      await insertFloatingIp(trx, { ...row, ...(wanted.description !== undefined && { description: wanted.description }) });
      const told = wanted.target ? await this.#lead(changing, ctx, { id, target: wanted.target }) : [];
      if (port) tell(portCreate(port));
      for (const whole of await findFloatingIps(trx, [id], null)) tell(floatingIpCreate(whole));
      return { id, told };
    });
    await this.#tell(ctx, made.told);
    return await this.#shown(ctx, made.id);
  }

  async update(ctx: Context, id: string, { description, target }: FloatingIpChanges, expecting: Expecting = {}): Promise<ShownFloatingIp> {
    const { db, policy } = this.#deps;
    const { projectId } = await this.#shown(ctx, id);
    policy.check(ctx, 'update_floatingip', { project_id: projectId });
    const told = await change(ctx, { db, what: 'floatingIp.update' }, async (changing) => {
      const { trx, tell } = changing;
      const led = target === undefined ? [] : await this.#lead(changing, ctx, { id, target, expecting });
      if (target === undefined) refuseOutdated(expecting, await lockFloatingIp(trx, id));
      const after = await updateFloatingIp(trx, id, description === undefined ? {} : { description });
      if (!after) throw FloatingIpNotFound({ id });
      tell(floatingIpUpdate(after));
      return led;
    });
    await this.#tell(ctx, told);
    return await this.#shown(ctx, id);
  }

  /** Gives the address back; it leads nowhere first. */
  async delete(ctx: Context, id: string, expecting: Expecting = {}): Promise<void> {
    const prepare = async () => {
      const { projectId } = await this.#shown(ctx, id);
      this.#deps.policy.check(ctx, 'delete_floatingip', { project_id: projectId });
    };
    const told = await change(ctx, { db: this.#deps.db, what: 'floatingIp.delete', prepare }, async (changing) => {
      const { trx, tell } = changing;
      const servers = await this.#lead(changing, ctx, { id, target: null, expecting });
      const floatingIp = await lockFloatingIp(trx, id);
      if (!floatingIp) throw FloatingIpNotFound({ id });
      if (floatingIp.forwardings.length > 0) throw FipInUseByPortForwarding({ id });
      await deleteFloatingIp(trx, id);
      for (const port of await portsWithIds(trx, [floatingIp.ownPortId])) tell(portDelete(port));
      await deletePort(trx, floatingIp.ownPortId);
      tell(floatingIpDelete(floatingIp));
      return servers;
    });
    await this.#tell(ctx, told);
  }

  /** Leads it to a port, or nowhere. @returns the servers whose addresses changed */
  async #lead(
    changing: Changing<CloudDb>,
    ctx: Context,
    { id, target, expecting = {} }: { readonly id: string; readonly target: WantedTarget | null; readonly expecting?: Expecting },
  ): Promise<ServerId[]> {
    return await lead(changing, { id, target, sight: sightOf(ctx), check: (floatingIp) => refuseOutdated(expecting, floatingIp) });
  }

  async #tell(ctx: Context, servers: readonly ServerId[]): Promise<void> {
    for (const serverId of servers) await tellAddresses(this.#deps, ctx, serverId);
    await tellHosts(this.#deps, ctx);
  }

  /** The address that the caller may have, of an external network with one of version 4; undefined: any. */
  async #planAddress(ctx: Context, { networkId: id, address, subnetId }: NewFloatingIp): Promise<readonly WantedAddress[] | undefined> {
    const { db } = this.#deps;
    const [network] = isUuid(id) ? await findNetworks(db, [id], sightOf(ctx)) : [];
    if (!network) throw NetworkNotFound({ id });
    if (!network.isExternal) throw BadFloatingIp({ reason: `Network ${id} is not a valid external network` });
    const subnets = (await subnetsOf(db, [id])).filter(({ ipVersion }) => ipVersion === 4);
    if (subnets.length === 0) throw BadFloatingIp({ reason: `Network ${id} does not contain any IPv4 subnet` });
    if (subnetId !== undefined && !subnets.some((one) => one.id === subnetId.toLowerCase())) throw SubnetNotFound({ id: subnetId });
    if (address === undefined) return subnetId === undefined ? undefined : [{ subnetId }];
    const wanted: readonly WantedAddress[] = [{ ...(subnetId !== undefined && { subnetId }), ipAddress: address }];
    await checkWantedAddresses(this.#deps, ctx, { network, wanted });
    return wanted;
  }

  async #shown(ctx: Context, id: string): Promise<ShownFloatingIp> {
    const [floatingIp] = isUuid(id) ? await findFloatingIps(this.#deps.db, [id], sightOf(ctx)) : [];
    if (!floatingIp) throw FloatingIpNotFound({ id });
    const [shown] = await this.#withPorts([floatingIp]);
    return shown ?? { ...floatingIp, port: undefined };
  }

  async #withPorts(floatingIps: readonly FloatingIp[]): Promise<readonly ShownFloatingIp[]> {
    const ports = await portsWithIds(
      this.#deps.db,
      floatingIps.flatMap(({ target }) => target?.portId ?? []),
    );
    return floatingIps.map((floatingIp) => ({ ...floatingIp, port: ports.find(({ id }) => id === floatingIp.target?.portId) }));
  }
}

/** The most external networks whose subnets are listed as pools. */
const MAX_POOLS = 1000;
