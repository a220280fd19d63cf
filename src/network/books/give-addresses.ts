/** Gives ports addresses, atomically in the caller's transaction. */
import { countAddresses, takeAddress, takeFreeAddress } from '../../db/stores/network/ip-allocations.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import type { PortId } from '../../objects/ids.ts';
import type { FixedIp, Subnet } from '../../objects/network.ts';
import { InvalidIpForNetwork, IpAddressGenerationFailure, IpAddressInUse, NoServiceSubnet, SubnetNotFound } from '../errors.ts';
import { type AddressedPort, defaultAddresses, fitting, type WantedAddress, withAutoAddresses } from '../plan/address-choice.ts';
import { sizeOf } from '../plan/ip-range.ts';
import { placeOf } from '../plan/place.ts';

/** A port on a network. */
interface OnNetwork {
  readonly portId: PortId;
  readonly networkId: string;
  /** All of the network's subnets, locked with `lockSubnetsOf`. */
  readonly subnets: readonly Subnet[];
}

/** Allocates a port's addresses; throws when one is taken or outside the subnets, or none is left. */
export async function giveAddresses(
  trx: InCloud,
  port: AddressedPort & OnNetwork & { readonly addresses?: readonly WantedAddress[] },
): Promise<FixedIp[]> {
  const { networkId, subnets, portId, addresses, deviceOwner } = port;
  if (addresses) return await giveWanted(trx, port, withAutoAddresses(addresses, subnets, port));
  const { made, choices } = defaultAddresses(subnets, port);
  if (subnets.length > 0 && made.length + choices.length === 0) throw NoServiceSubnet({ networkId, deviceOwner });
  const given: FixedIp[] = [];
  for (const candidates of choices) given.push(await giveAny(trx, { networkId, portId, candidates }));
  return [...given, ...(await giveWanted(trx, port, made))];
}

/** Allocates exactly these addresses; throws as `giveAddresses` does. */
export async function giveWanted(
  trx: InCloud,
  { networkId, subnets, portId, deviceOwner }: OnNetwork & Pick<AddressedPort, 'deviceOwner'>,
  wanted: readonly WantedAddress[],
): Promise<FixedIp[]> {
  const given: FixedIp[] = [];
  for (const { subnetId, ipAddress } of wanted) {
    const candidates = subnets.filter(({ id }) => subnetId === undefined || id === subnetId.toLowerCase());
    // The subnet was deleted since the request was checked.
    if (subnetId !== undefined && candidates.length === 0) throw SubnetNotFound({ id: subnetId });
    const giving = { networkId, portId, candidates };
    const any = () => giveAny(trx, subnetId === undefined ? { ...giving, candidates: fitting(candidates, { deviceOwner }) } : giving);
    given.push(await (ipAddress === undefined ? any() : giveThis(trx, { ...giving, ipAddress })));
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
