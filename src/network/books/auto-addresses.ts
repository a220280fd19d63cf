/** The addresses that guests make themselves: they come and go with their subnet, without anybody asking for them. */
import type { Changing } from '../../db/change.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { releaseOfSubnet, takeAddresses } from '../../db/stores/network/ip-allocations.ts';
import { guestPortsOn, lockPorts, portsWithIds, touchPorts } from '../../db/stores/network/ports.ts';
import { changePortsInSubnet } from '../../db/stores/network/server-networking.ts';
import { portUpdate } from '../../events/network.ts';
import type { Subnet } from '../../objects/network.ts';
import { autoAddress } from '../plan/auto-address.ts';

/** Writes down the addresses that the guests of a network make on its new subnet. The caller has locked the network. */
export async function giveAutoAddresses({ trx, tell }: Changing<CloudDb>, { id, networkId, cidr }: Subnet): Promise<void> {
  const ports = await lockPorts(trx, await guestPortsOn(trx, { networkId }));
  const made = ports.map((port) => ({ portId: port.id, ipAddress: autoAddress(cidr, port.macAddress) }));
  await takeAddresses(trx, id, made);
  const ids = ports.map((port) => port.id);
  await touchPorts(trx, ids);
  await changePortsInSubnet(trx, id);
  for (const port of await portsWithIds(trx, ids)) tell(portUpdate(port));
}

/** Forgets them, because the subnet goes. */
export async function dropAutoAddresses({ trx, tell }: Changing<CloudDb>, { id: subnetId, networkId }: Subnet): Promise<void> {
  const ids = await guestPortsOn(trx, { networkId, subnetId });
  await changePortsInSubnet(trx, subnetId);
  await releaseOfSubnet(trx, subnetId, ids);
  await touchPorts(trx, ids);
  for (const port of await portsWithIds(trx, ids)) tell(portUpdate(port));
}
