/** Refuses addresses for a port that its network cannot have, with the reason: which subnet is unknown, of another network or too small. */
import { findSubnets, subnetsOf } from '../../db/stores/network/networks.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { Network } from '../../objects/network.ts';
import type { WantedAddress } from '../plan/address-choice.ts';
import { InvalidIpForNetwork, InvalidIpForSubnet, NoSubnetForAddress, SubnetNotFound, SubnetOfOtherNetwork } from '../errors.ts';
import { placeOf } from '../plan/place.ts';
import { type NetworkApiDeps, sightOf } from './deps.ts';

/** Throws unless each address has a subnet of the network. Nothing is locked: whether it is free is decided later. */
export async function checkWantedAddresses(
  { db }: Pick<NetworkApiDeps, 'db'>,
  ctx: Context,
  { network, wanted }: { readonly network: Network; readonly wanted: readonly WantedAddress[] },
): Promise<void> {
  if (wanted.length === 0) return;
  const subnets = await subnetsOf(db, [network.id]);
  const [networkId, isOf] = [network.id, (id: string | undefined) => (one: { readonly id: string }) => one.id === id?.toLowerCase()];
  for (const { subnetId, ipAddress } of wanted) {
    const subnet = subnets.find(isOf(subnetId));
    if (subnetId !== undefined && !subnet) {
      const [other] = isUuid(subnetId) ? await findSubnets(db, [subnetId], sightOf(ctx)) : [];
      throw other ? SubnetOfOtherNetwork({ networkId, subnetId }) : SubnetNotFound({ id: subnetId });
    }
    if (subnets.length === 0) throw NoSubnetForAddress({});
    if (ipAddress === undefined || placeOf(subnet ? [subnet] : subnets, ipAddress)) continue;
    throw subnet ? InvalidIpForSubnet({ ipAddress }) : InvalidIpForNetwork({ networkId, ipAddress });
  }
}
