/** Writes a port with its MAC address, addresses and groups, atomically in the caller's transaction. */
import { countAddresses, takeAddress, takeFreeAddress } from '../../db/stores/network/ip-allocations.ts';
import { insertPort } from '../../db/stores/network/ports.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import type { PortsTable } from '../../db/schema/network.ts';
import type { Insertable } from 'kysely';
import type { Ids } from '../../lib/clock/ids.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import { asId, type PortId } from '../../objects/ids.ts';
import type { FixedIp, Port, Subnet } from '../../objects/network.ts';
import { InvalidIpForNetwork, IpAddressGenerationFailure, IpAddressInUse, MacAddressInUse, SubnetNotFound } from '../errors.ts';
import { placeOf } from '../plan/place.ts';
import { sizeOf } from '../plan/ip-range.ts';

/** A requested address: this one, or any free one of this subnet. */
export interface WantedAddress {
  readonly subnetId?: string;
  readonly ipAddress?: string;
}

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
  const { id } = await writePort(trx, ids, port);
  await giveAddresses(trx, { ...port, portId: id });
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

/** Allocates a port's addresses; throws when one is taken or outside the subnets, or none is left. */
export async function giveAddresses(
  trx: InCloud,
  port: Pick<NewPort, 'networkId' | 'subnets' | 'addresses'> & { readonly portId: PortId },
): Promise<FixedIp[]> {
  const { networkId, subnets, portId, addresses } = port;
  const given: FixedIp[] = [];
  if (!addresses) {
    for (const version of [4, 6] as const) {
      const candidates = subnets.filter(({ ipVersion }) => ipVersion === version);
      if (candidates.length > 0) given.push(await giveAny(trx, { networkId, portId, candidates }));
    }
    return given;
  }
  for (const { subnetId, ipAddress } of addresses) {
    const candidates = subnets.filter(({ id }) => subnetId === undefined || id === subnetId.toLowerCase());
    // The subnet was deleted since the request was checked.
    if (subnetId !== undefined && candidates.length === 0) throw SubnetNotFound({ id: subnetId });
    const giving = { networkId, portId, candidates };
    given.push(await (ipAddress === undefined ? giveAny(trx, giving) : giveThis(trx, { ...giving, ipAddress })));
  }
  return given;
}

interface Giving {
  readonly networkId: string;
  readonly portId: PortId;
  readonly candidates: readonly Subnet[];
}

async function giveAny(trx: InCloud, { networkId, portId, candidates }: Giving): Promise<FixedIp> {
  for (const { id: subnetId, allocationPools, hostIp } of candidates) {
    const ipAddress = await takeFreeAddress(trx, { subnetId, portId, pools: allocationPools, hostIp });
    if (ipAddress !== undefined) return { subnetId, ipAddress };
  }
  let taken = 0;
  for (const { id } of candidates) taken += await countAddresses(trx, id);
  const total = sizeOf(candidates.flatMap(({ allocationPools }) => allocationPools)).toString();
  throw IpAddressGenerationFailure({ networkId, taken, total });
}

async function giveThis(trx: InCloud, giving: Giving & { readonly ipAddress: string }): Promise<FixedIp> {
  const { networkId, portId, candidates, ipAddress } = giving;
  const place = placeOf(candidates, ipAddress);
  if (!place) throw InvalidIpForNetwork({ networkId, ipAddress });
  const { subnet, canonical, isOfHosts } = place;
  if (isOfHosts || !(await takeAddress(trx, { subnetId: subnet.id, portId, ipAddress }))) throw IpAddressInUse({ networkId, ipAddress });
  return { subnetId: subnet.id, ipAddress: canonical };
}
