import type { Updateable } from 'kysely';
import { change, type Changing } from '../../db/change.ts';
import type { PortsTable } from '../../db/schema/network.ts';
import { findNetworks, holdNetworks, lockSubnetsOf } from '../../db/stores/network/networks.ts';
import {
  deletePort,
  findPort,
  listPorts,
  lockPorts,
  portsWithIds,
  portsWith,
  setPortGroups,
  updatePort,
} from '../../db/stores/network/ports.ts';
import { changePortsOf } from '../../db/stores/network/server-networking.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import { catchViolation } from '../../db/sql/constraint-violation.ts';
import { portCreate, portDelete, portUpdate } from '../../events/network.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid, type PortId } from '../../objects/ids.ts';
import type { Network, Port, Subnet } from '../../objects/network.ts';
import { type NetworkApiDeps, ownerOf, sightOf } from './deps.ts';
import {
  AddressPairAndPortSecurityRequired,
  MacAddressInUse,
  MarkerUnknown,
  NetworkNotFound,
  PortBound,
  PortInUse,
  PortNotFound,
  PortSecurityPortHasSecurityGroup,
} from '../errors.ts';
import { DEFAULT_GROUP } from '../books/default-group.ts';
import { groupIdsOf, groupsWithIds } from '../books/group-names.ts';
import { listFields } from './list-fields.ts';
import { type ListQuery, pageQueryOf } from './listing.ts';
import { tellAddresses } from '../books/addresses.ts';
import { planDhcpOptions } from '../plan/dhcp-options.ts';
import { canonicalAddress } from '../plan/ip-range.ts';
import { canonicalMac } from '../plan/mac-address.ts';
import { checkWantedAddresses } from './wanted-addresses.ts';
import { makePort } from '../books/make-port.ts';
import { addressesAfter, readdress, refuseOfNetwork, refuseServing } from '../books/port-addresses.ts';
import { abandon } from '../books/floating-targets.ts';
import type { NewApiPort, PortChanges } from './port-request.ts';
import { checkRestricted, pairsOf } from './restricted-attributes.ts';
import { checkQosChange, checkQosPolicy, takeQosPolicy } from './qos-of.ts';
import { type Expecting, refuseOutdated } from './revision.ts';
import { takeQuotas } from '../books/quota.ts';
import { tellHosts } from '../books/tell-hosts.ts';

/** A port to create, with its network and project. */
interface OwnedPort {
  readonly port: NewApiPort;
  readonly network: Network;
  readonly projectId: string;
  readonly isSecure: boolean;
}

/** What the transaction has locked for a port. */
interface HeldForPort {
  readonly subnets: readonly Subnet[];
  readonly groupIds: readonly string[];
}

/** A list query with the filters that only ports have. */
export interface PortListQuery extends ListQuery {
  readonly addresses?: readonly string[];
  /** Texts that an address has somewhere. */
  readonly addressParts?: readonly string[];
  readonly subnetIds?: readonly string[];
  /** Security groups that they are in. */
  readonly groupIds?: readonly string[];
}

const fieldsOfAdmins = { ...listFields.ports, columns: { ...listFields.ports.columns, 'binding:host_id': 'host' } };

/** Ports: a project's own and, read-only, those of others on its networks. */
export class PortsApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, { addresses, addressParts, subnetIds, groupIds, ...query }: PortListQuery): Promise<readonly Port[]> {
    this.#deps.policy.check(ctx, 'get_port');
    const page = pageQueryOf(ctx.isAdmin ? fieldsOfAdmins : listFields.ports, query);
    const conditions = [
      ...(page.conditions ?? []),
      ...(addresses ? [portsWith.address(addresses.map((one) => canonicalAddress(one) ?? one))] : []),
      ...(addressParts ? [portsWith.addressPart(addressParts)] : []),
      ...(subnetIds ? [portsWith.subnet(subnetIds)] : []),
      ...(groupIds ? [portsWith.group(groupIds)] : []),
    ];
    const found = await listPorts(this.#deps.db, { ...page, conditions }, sightOf(ctx));
    if (!found) throw MarkerUnknown({ marker: query.marker ?? '' });
    return found;
  }

  /** Throws PortNotFound if the caller may not see it. */
  async show(ctx: Context, id: string): Promise<Port> {
    this.#deps.policy.check(ctx, 'get_port');
    return await this.#find(ctx, id);
  }

  /** Creates all of them or none. */
  async create(ctx: Context, ports: readonly NewApiPort[]): Promise<readonly Port[]> {
    const { db, quotaLimits } = this.#deps;
    const wanted: OwnedPort[] = [];
    for (const port of ports) wanted.push(await this.#owned(ctx, port));
    const networkIds = [...new Set(wanted.map(({ network }) => network.id))];
    const made = await change(ctx, { db, what: 'port.create' }, async (changing) => {
      const { trx, tell } = changing;
      await takeQuotas(trx, quotaLimits, { projectIds: wanted.map(({ projectId }) => projectId), resource: 'port' });
      const held = await holdNetworks(trx, networkIds);
      for (const id of networkIds) if (!held.includes(id)) throw NetworkNotFound({ id });
      for (const { port } of wanted) await takeQosPolicy(trx, port.qosPolicyId);
      const groups = new Map<OwnedPort, readonly string[]>();
      for (const one of wanted) groups.set(one, await this.#groupsOf(changing, one));
      const subnets = await lockSubnetsOf(trx, networkIds);
      const portIds: PortId[] = [];
      for (const one of wanted) portIds.push(await this.#make(trx, one, { subnets, groupIds: groups.get(one) ?? [] }));
      for (const port of await portsWithIds(trx, portIds)) tell(portCreate(port));
      return portIds;
    });
    await tellHosts(this.#deps, ctx);
    return await Promise.all(made.map((id) => this.#find(ctx, id)));
  }

  /** The port with its network; throws unless the caller may create it there. */
  async #owned(ctx: Context, port: NewApiPort): Promise<OwnedPort> {
    const { policy } = this.#deps;
    const projectId = ownerOf(ctx, port.projectId);
    policy.check(ctx, 'create_port', { project_id: projectId });
    const network = await this.#network(ctx, port.networkId);
    checkRestricted(policy, ctx, { verb: 'create', port, network });
    await checkQosPolicy(this.#deps.db, ctx, port.qosPolicyId);
    await checkWantedAddresses(this.#deps, ctx, { network, wanted: port.fixedIps ?? [] });
    const isSecure = port.portSecurityEnabled ?? network.portSecurityEnabled;
    refuseUnsecured(isSecure, { groups: port.securityGroups ?? [], pairs: port.allowedAddressPairs ?? [] });
    return { port, network, projectId, isSecure };
  }

  async #groupsOf(changing: Changing<CloudDb>, { port, projectId, isSecure }: OwnedPort): Promise<readonly string[]> {
    if (port.securityGroups) return await groupsWithIds(changing.trx, projectId, port.securityGroups);
    return isSecure ? await groupIdsOf(changing, this.#deps.ids, { projectId, names: [DEFAULT_GROUP] }) : [];
  }

  async #make(trx: InCloud, { port, network, projectId, isSecure }: OwnedPort, held: HeldForPort): Promise<PortId> {
    return await makePort(trx, this.#deps.ids, {
      networkId: network.id,
      projectId,
      subnets: held.subnets.filter(({ networkId }) => networkId === network.id),
      ...(port.fixedIps && { addresses: port.fixedIps }),
      ...(port.macAddress !== undefined && { macAddress: canonicalMac(port.macAddress) }),
      groupIds: held.groupIds,
      columns: { ...columnsOf(port, []), tags: port.tags, port_security_enabled: isSecure },
    });
  }

  async update(ctx: Context, id: string, changes: PortChanges, expecting: Expecting = {}): Promise<Port> {
    const { db, policy } = this.#deps;
    const { projectId, networkId, serverId, qosPolicyId: before } = await this.#find(ctx, id);
    policy.check(ctx, 'update_port', { project_id: projectId });
    const network = await this.#network(ctx, networkId);
    checkRestricted(policy, ctx, { verb: 'update', port: changes, network });
    await checkQosChange(db, ctx, { before, wanted: changes.qosPolicyId });
    await checkWantedAddresses(this.#deps, ctx, { network, wanted: changes.fixedIps ?? [] });
    const isShown = changes.fixedIps !== undefined || changes.securityGroups !== undefined;
    const changed = await change(ctx, { db, what: 'port.update' }, async (changing) => {
      const { trx, tell } = changing;
      // Locked first, as in the allocation of a server's ports.
      if (isShown && serverId !== null) await changePortsOf(trx, { serverId, isTold: false });
      const subnets = changes.fixedIps || changes.macAddress !== undefined ? await lockSubnetsOf(trx, [networkId]) : [];
      const [port] = await lockPorts(trx, [id]);
      if (!port) throw PortNotFound({ id });
      refuseOutdated(expecting, port);
      refuseOfServer(port, changes);
      await refuseOfNetwork(trx, port, changes);
      await takeQosPolicy(trx, changes.qosPolicyId);
      await setGroups(trx, port, changes);
      const addresses = addressesAfter(port, changes, subnets);
      const macAddress = canonicalMac(changes.macAddress ?? port.macAddress);
      if (addresses) await readdress(changing, port, { subnets, addresses, macAddress });
      await this.#write(trx, port, changes);
      // A server may have got the port just before the port was locked.
      if (isShown && port.serverId !== null && port.serverId !== serverId)
        await changePortsOf(trx, { serverId: port.serverId, isTold: false });
      for (const after of await portsWithIds(trx, [id])) tell(portUpdate(after));
      return isShown ? port.serverId : null;
    });
    if (changed !== null) await tellAddresses(this.#deps, ctx, changed);
    const updated = await this.#find(ctx, id);
    await tellHosts(this.#deps, ctx);
    return updated;
  }

  /**
   * Deletes a port, unless a server has it. Neutron deletes it and asks Nova to detach the interface. Without that the guest would keep
   * a dead interface, the server would show an address that others may get, and a restart would miss the port. Deleting the server
   * deletes ports made for it and detaches any other.
   */
  async delete(ctx: Context, id: string, expecting: Expecting = {}): Promise<void> {
    const prepare = async () => {
      const { projectId } = await this.#find(ctx, id);
      this.#deps.policy.check(ctx, 'delete_port', { project_id: projectId });
    };
    await change(ctx, { db: this.#deps.db, what: 'port.delete', prepare }, async (changing) => {
      const { trx, tell } = changing;
      const [port] = await lockPorts(trx, [id]);
      if (!port) throw PortNotFound({ id });
      refuseOutdated(expecting, port);
      if (port.serverId !== null) throw PortInUse({ id, deviceId: port.serverId });
      await refuseServing(trx, port);
      await abandon(changing, { portId: id });
      await deletePort(trx, id);
      tell(portDelete(port));
    });
    await tellHosts(this.#deps, ctx);
  }

  async #write(trx: InCloud, { id, networkId, extraDhcpOptions }: Port, changes: PortChanges): Promise<void> {
    const mac = changes.macAddress === undefined ? undefined : canonicalMac(changes.macAddress);
    const columns = { ...columnsOf(changes, extraDhcpOptions), ...(mac !== undefined && { mac_address: mac }) };
    const written = await catchViolation(updatePort(trx, id, columns));
    if (written === 'taken') throw MacAddressInUse({ networkId, macAddress: mac ?? '' });
  }

  async #network(ctx: Context, id: string): Promise<Network> {
    const [network] = isUuid(id) ? await findNetworks(this.#deps.db, [id], sightOf(ctx)) : [];
    if (!network) throw NetworkNotFound({ id });
    return network;
  }

  async #find(ctx: Context, id: string): Promise<Port> {
    const port = isUuid(id) ? await findPort(this.#deps.db, id, sightOf(ctx)) : undefined;
    if (!port) throw PortNotFound({ id });
    return port;
  }
}

/** Security groups and address pairs lift filters, so they need port security. */
function refuseUnsecured(
  isSecure: boolean,
  { groups, pairs }: { readonly groups: readonly unknown[]; readonly pairs: readonly unknown[] },
): void {
  if (isSecure) return;
  if (groups.length > 0) throw PortSecurityPortHasSecurityGroup({});
  if (pairs.length > 0) throw AddressPairAndPortSecurityRequired({});
}

async function setGroups(
  trx: InCloud,
  port: Port,
  { securityGroups, portSecurityEnabled, allowedAddressPairs }: PortChanges,
): Promise<void> {
  const [groups, pairs] = [securityGroups ?? port.securityGroupIds, allowedAddressPairs ?? port.allowedAddressPairs];
  refuseUnsecured(portSecurityEnabled ?? port.portSecurityEnabled, { groups, pairs });
  if (securityGroups) await setPortGroups(trx, port.id, await groupsWithIds(trx, port.projectId, securityGroups));
}

/** Only the network service itself changes the device and the host of a server's port, and the guest keeps its MAC address. */
function refuseOfServer(port: Port, { deviceId, deviceOwner, macAddress, wantedHost }: PortChanges): void {
  if (port.serverId === null) return;
  const newMac = macAddress === undefined ? port.macAddress : canonicalMac(macAddress);
  if (newMac !== port.macAddress) throw PortBound({ id: port.id, oldMac: port.macAddress, newMac });
  const changesDevice = (deviceId ?? port.deviceId) !== port.deviceId || (deviceOwner ?? port.deviceOwner) !== port.deviceOwner;
  const moves = wantedHost !== undefined && wantedHost !== port.host;
  if (changesDevice || moves) throw PortInUse({ id: port.id, deviceId: port.serverId });
}

/** The given attributes, by column. */
const columnsOf = (port: PortChanges, options: Port['extraDhcpOptions']): Pick<Updateable<PortsTable>, 'name' | 'description'> => ({
  ...(port.name !== undefined && { name: port.name }),
  ...(port.description !== undefined && { description: port.description }),
  ...(port.adminStateUp !== undefined && { admin_state_up: port.adminStateUp }),
  ...(port.deviceId !== undefined && { device_id: port.deviceId }),
  ...(port.deviceOwner !== undefined && { device_owner: port.deviceOwner }),
  ...(port.qosPolicyId !== undefined && { qos_policy_id: port.qosPolicyId }),
  ...(port.wantedHost !== undefined && { wanted_host: port.wantedHost }),
  ...(port.bindingProfile !== undefined && { binding_profile: JSON.stringify(port.bindingProfile) }),
  ...(port.portSecurityEnabled !== undefined && { port_security_enabled: port.portSecurityEnabled }),
  ...(port.allowedAddressPairs && { allowed_address_pairs: JSON.stringify(pairsOf(port.allowedAddressPairs)) }),
  ...(port.extraDhcpOptions && { extra_dhcp_options: JSON.stringify(planDhcpOptions(options, port.extraDhcpOptions)) }),
});
