/** Changes the addresses of a port, and keeps from clients what a port that serves the network must keep. */
import type { Changing } from '../../db/change.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import { holdsFloatingIp } from '../../db/stores/network/floating-ips.ts';
import { releaseAddresses } from '../../db/stores/network/ip-allocations.ts';
import type { Port, Subnet } from '../../objects/network.ts';
import { PortInUse } from '../errors.ts';
import { isAuto } from '../plan/auto-address.ts';
import { canonicalAddress } from '../plan/ip-range.ts';
import { canonicalMac } from '../plan/mac-address.ts';
import { ServicePortInUse } from '../router-errors.ts';
import { abandon } from './floating-targets.ts';
import { type WantedAddress, withAutoAddresses } from '../plan/address-choice.ts';
import { giveWanted } from './give-addresses.ts';
import { settleHostIp } from './router-legs.ts';

/** The addresses that a port is to have; undefined: as now. A new MAC address changes those that its guest makes. */
export function addressesAfter(
  port: Port,
  { fixedIps, macAddress }: { readonly fixedIps?: readonly WantedAddress[]; readonly macAddress?: string },
  subnets: readonly Subnet[],
): readonly WantedAddress[] | undefined {
  if (fixedIps || macAddress === undefined || canonicalMac(macAddress) === port.macAddress) return fixedIps;
  const autos = subnets.filter(isAuto).map(({ id }) => id);
  if (!port.fixedIps.some(({ subnetId }) => autos.includes(subnetId))) return undefined;
  return port.fixedIps.map((ip) => (autos.includes(ip.subnetId) ? { subnetId: ip.subnetId } : ip));
}

/** Gives the port these addresses in place of those that it has. One that it keeps stays as it is, with what leads to it. */
export async function readdress(
  changing: Changing<CloudDb>,
  port: Port,
  {
    subnets,
    ...wanted
  }: { readonly subnets: readonly Subnet[]; readonly addresses: readonly WantedAddress[]; readonly macAddress?: string },
): Promise<void> {
  const { trx } = changing;
  const { deviceOwner, networkId } = port;
  const { macAddress = port.macAddress } = wanted;
  const addresses = withAutoAddresses(wanted.addresses, subnets, { macAddress, deviceOwner });
  const kept = port.fixedIps.filter((has) => addresses.some((wanted) => isSame(wanted, has))).map(({ ipAddress }) => ipAddress);
  const news = addresses.filter((wanted) => !port.fixedIps.some((has) => isSame(wanted, has)));
  await abandon(changing, { portId: port.id, keeping: kept });
  await releaseAddresses(trx, port.id, kept);
  const given = await giveWanted(trx, { networkId, portId: port.id, deviceOwner, subnets }, news);
  if (port.routerId === null) return;
  for (const subnetId of new Set([...port.fixedIps, ...given].map((ip) => ip.subnetId))) await settleHostIp(changing, subnetId);
}

const isSame = (wanted: WantedAddress, has: Port['fixedIps'][number]): boolean =>
  wanted.ipAddress !== undefined &&
  canonicalAddress(wanted.ipAddress) === has.ipAddress &&
  (wanted.subnetId === undefined || wanted.subnetId.toLowerCase() === has.subnetId);

/** What a client may ask of a port that matters here. */
interface Asked {
  readonly deviceId?: string;
  readonly deviceOwner?: string;
  readonly fixedIps?: readonly WantedAddress[];
}

/** Only the router that has a port changes its device, and the address of a floating IP stays. */
export async function refuseOfNetwork(trx: InCloud, port: Port, { deviceId, deviceOwner, fixedIps }: Asked): Promise<void> {
  const changesDevice = (deviceId ?? port.deviceId) !== port.deviceId || (deviceOwner ?? port.deviceOwner) !== port.deviceOwner;
  if (!changesDevice && fixedIps === undefined) return;
  const isFloating = await holdsFloatingIp(trx, port.id);
  if (isFloating || (changesDevice && port.routerId !== null)) throw PortInUse({ id: port.id, deviceId: port.deviceId });
}

/** A port of a router or of a floating IP goes with that. */
export async function refuseServing(trx: InCloud, { id, routerId, deviceOwner }: Port): Promise<void> {
  if (routerId !== null || (await holdsFloatingIp(trx, id))) throw ServicePortInUse({ portId: id, owner: deviceOwner });
}
