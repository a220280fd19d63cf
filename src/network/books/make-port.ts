/** Writes a port with its MAC address, addresses and groups, atomically in the caller's transaction. */
import { insertPort } from '../../db/stores/network/ports.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import type { PortsTable } from '../../db/schema/network.ts';
import type { Insertable } from 'kysely';
import type { Ids } from '../../lib/clock/ids.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import { asId, type PortId } from '../../objects/ids.ts';
import type { Port, Subnet } from '../../objects/network.ts';
import { MacAddressInUse } from '../errors.ts';
import type { WantedAddress } from '../plan/address-choice.ts';
import { giveAddresses } from './give-addresses.ts';

/** A port to write. */
export interface NewPort {
  /** Default: a new one. */
  readonly id?: PortId;
  readonly networkId: string;
  readonly projectId: string;
  /** All of the network's subnets, locked with `lockSubnetsOf`. */
  readonly subnets: readonly Subnet[];
  /** Default: one of each IP version that the network has. */
  readonly addresses?: readonly WantedAddress[];
  /** Default: a random one that is free in the network. */
  readonly macAddress?: string;
  readonly groupIds: readonly string[];
  readonly columns: Partial<Insertable<PortsTable>>;
}

/** More tries would mean that a network has millions of ports. */
const MAX_MAC_TRIES = 10;

/** Writes the port with its addresses; returns its id. */
export async function makePort(trx: InCloud, ids: Ids, port: NewPort): Promise<PortId> {
  const { id, macAddress } = await writePort(trx, ids, port);
  await giveAddresses(trx, { ...port, portId: id, macAddress, deviceOwner: port.columns.device_owner ?? '' });
  return id;
}

/** Writes the port without its addresses: those need a lock on the subnets, for which others would wait. */
export async function writePort(
  trx: InCloud,
  ids: Ids,
  port: Omit<NewPort, 'subnets' | 'addresses'>,
): Promise<Pick<Port, 'id' | 'macAddress'>> {
  const { id = asId<PortId>(ids.uuid()), networkId, projectId, macAddress, columns, groupIds } = port;
  const insert = (mac: string) =>
    insertPort(trx, { ...columns, id, network_id: networkId, project_id: projectId, mac_address: mac }, groupIds);
  if (macAddress !== undefined) {
    if (!(await insert(macAddress))) throw MacAddressInUse({ networkId, macAddress });
    return { id, macAddress };
  }
  for (let tries = 0; tries < MAX_MAC_TRIES; tries++) {
    const mac = randomMac(ids);
    if (await insert(mac)) return { id, macAddress: mac };
  }
  invariant(false, 'a network has free MAC addresses');
}

/** With OpenStack's customary prefix. */
const randomMac = (ids: Ids): string => ['fa', '16', '3e', ...(ids.hex(3).match(/../g) ?? [])].join(':');
