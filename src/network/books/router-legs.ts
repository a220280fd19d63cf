/** The ports that are a router's devices, and what their coming and going means for the addresses of hosts. */
import type { Changing } from '../../db/change.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import { addressesOf, takeAddress } from '../../db/stores/network/ip-allocations.ts';
import { findSubnets, lockSubnetsOf, updateSubnet } from '../../db/stores/network/networks.ts';
import { deletePort, portsWithIds, updatePort } from '../../db/stores/network/ports.ts';
import { routerOfGateway } from '../../db/stores/network/routers.ts';
import { changePortsInSubnet } from '../../db/stores/network/server-networking.ts';
import { portCreate, portDelete, portUpdate, subnetUpdate } from '../../events/network.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { PortId } from '../../objects/ids.ts';
import type { Port, Router, Subnet } from '../../objects/network.ts';
import { IpAddressGenerationFailure, IpAddressInUse } from '../errors.ts';
import { planHostIp } from '../plan/host-ip.ts';
import { ExternalIpAddressExhausted } from '../router-errors.ts';
import { abandon } from './floating-targets.ts';
import type { WantedAddress } from '../plan/address-choice.ts';
import { giveAddresses } from './give-addresses.ts';
import { writePort } from './make-port.ts';

/** The owners of such ports, as clients see them. */
export const INTERFACE = 'network:router_interface';
export const GATEWAY = 'network:router_gateway';

const columnsOf = ({ id }: Pick<Router, 'id'>, part: 'interface' | 'gateway') => ({
  router_id: id,
  router_part: part,
  device_id: id,
  device_owner: part === 'interface' ? INTERFACE : GATEWAY,
  status: 'ACTIVE' as const,
});

/** What a new one has beside: nothing filters what a router forwards. */
const newColumnsOf = (router: Pick<Router, 'id'>, part: 'interface' | 'gateway') => ({
  ...columnsOf(router, part),
  port_security_enabled: false,
});

/** Gives the router an interface with the gateway's address of a subnet. */
export async function addGatewayOfSubnet(
  changing: Changing<CloudDb>,
  ids: Ids,
  { router, subnet }: { readonly router: Router; readonly subnet: Subnet & { readonly gatewayIp: string } },
): Promise<PortId> {
  const { trx, tell } = changing;
  const { networkId, gatewayIp: ipAddress } = subnet;
  await lockSubnetsOf(trx, [networkId]);
  const { id: portId } = await writePort(trx, ids, {
    networkId,
    projectId: router.projectId,
    groupIds: [],
    columns: newColumnsOf(router, 'interface'),
  });
  if (!(await takeAddress(trx, { subnetId: subnet.id, portId, ipAddress }))) throw IpAddressInUse({ networkId, ipAddress });
  for (const port of await portsWithIds(trx, [portId])) tell(portCreate(port));
  await settleHostIp(changing, subnet.id);
  return portId;
}

/** Makes a port without a device an interface of the router; floating IPs lead to guests only. */
export async function takeAsInterface(changing: Changing<CloudDb>, router: Router, port: Port): Promise<void> {
  const { trx, tell } = changing;
  await abandon(changing, { portId: port.id });
  await updatePort(trx, port.id, columnsOf(router, 'interface'));
  for (const after of await portsWithIds(trx, [port.id])) tell(portUpdate(after));
  for (const { subnetId } of port.fixedIps) await settleHostIp(changing, subnetId);
}

/** Gives the router a gateway into an external network: with these addresses or, if none are named, one of each IP version. */
export async function addGateway(
  { trx, tell }: Changing<CloudDb>,
  ids: Ids,
  {
    router,
    networkId,
    addresses,
  }: { readonly router: Pick<Router, 'id'>; readonly networkId: string; readonly addresses?: readonly WantedAddress[] | undefined },
): Promise<void> {
  const portId = await addExternalPort(trx, ids, { networkId, addresses, columns: newColumnsOf(router, 'gateway') });
  for (const port of await portsWithIds(trx, [portId])) tell(portCreate(port));
}

/** Writes a port of nobody on an external network: with these addresses or, if none are named, one of each IP version, or of the only one. */
export async function addExternalPort(
  trx: InCloud,
  ids: Ids,
  {
    networkId,
    addresses,
    onlyVersion,
    columns,
  }: {
    readonly networkId: string;
    readonly addresses?: readonly WantedAddress[] | undefined;
    /** Left out: both. */
    readonly onlyVersion?: 4 | 6;
    readonly columns: Parameters<typeof writePort>[2]['columns'];
  },
): Promise<PortId> {
  const subnets = (await lockSubnetsOf(trx, [networkId])).filter(({ ipVersion }) => ipVersion === (onlyVersion ?? ipVersion));
  // Of no project, as in Neutron: it counts for no quota, and only administrators see it.
  const { id: portId, macAddress } = await writePort(trx, ids, { networkId, projectId: '', groupIds: [], columns });
  const deviceOwner = columns.device_owner ?? '';
  await giveAddresses(trx, { networkId, portId, macAddress, deviceOwner, subnets, ...(addresses && { addresses }) }).catch(
    (error: unknown) => {
      throw IpAddressGenerationFailure.is(error) ? ExternalIpAddressExhausted({ networkId }, { cause: error }) : error;
    },
  );
  return portId;
}

/** Deletes a device of a router. */
export async function removeLeg(changing: Changing<CloudDb>, portId: string): Promise<void> {
  const { trx, tell } = changing;
  const [port] = await portsWithIds(trx, [portId]);
  if (!port) return;
  await lockSubnetsOf(trx, [port.networkId]);
  await deletePort(trx, portId);
  tell(portDelete(port));
  for (const { subnetId } of port.fixedIps) await settleHostIp(changing, subnetId);
}

/**
 * Where no router is a subnet's gateway, hosts have the gateway's address and serve DHCP and metadata from it. They give it up to a router,
 * and take it back when that has gone. The caller has locked the subnet.
 */
export async function settleHostIp({ trx, tell }: Changing<CloudDb>, subnetId: string): Promise<void> {
  const [subnet] = await findSubnets(trx, [subnetId], null);
  if (!subnet) return;
  const isRouted = (await routerOfGateway(trx, subnetId)) !== undefined;
  const hostIp = planHostIp({ ...subnet, isRouted }, { before: subnet.hostIp, taken: await addressesOf(trx, subnetId) });
  if (hostIp === subnet.hostIp && isRouted === subnet.isRouted) return;
  const after = await updateSubnet(trx, subnetId, { host_ip: hostIp, is_routed: isRouted });
  await changePortsInSubnet(trx, subnetId);
  if (after) tell(subnetUpdate(after));
}
