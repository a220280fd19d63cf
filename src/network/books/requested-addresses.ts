/** Refuses a boot request whose fixed IP addresses its server cannot get, before the server exists. */
import { holderOf } from '../../db/stores/network/ip-allocations.ts';
import { subnetsOf } from '../../db/stores/network/networks.ts';
import { findPort } from '../../db/stores/network/ports.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { FixedIpAlreadyInUse, FixedIpRequestedTwice, InvalidIpForNetwork } from '../errors.ts';
import { placeOf } from '../plan/place.ts';
import type { PlannedPort } from './requested.ts';

/** Throws InvalidIpForNetwork, FixedIpAlreadyInUse or FixedIpRequestedTwice. Nothing is locked: a moment later an address may be taken. */
export async function checkFixedIps(db: CloudDb, plan: readonly PlannedPort[]): Promise<void> {
  const wanted = new Set<string>();
  for (const planned of plan) {
    if (planned.kind === 'given' || planned.fixedIp === undefined) continue;
    const { id: networkId } = planned.network;
    const place = placeOf(await subnetsOf(db, [networkId]), planned.fixedIp);
    if (!place) throw InvalidIpForNetwork({ networkId, ipAddress: planned.fixedIp });
    const { subnet, canonical: address, isOfHosts } = place;
    if (wanted.has(`${subnet.id} ${address}`)) throw FixedIpRequestedTwice({ address });
    wanted.add(`${subnet.id} ${address}`);
    if (isOfHosts) throw FixedIpAlreadyInUse({ address, holder: 'its subnet as the address of the gateway or of DHCP' });
    const holder = await holderOf(db, subnet.id, address);
    if (holder !== undefined)
      throw FixedIpAlreadyInUse({ address, holder: `instance ${(await findPort(db, holder, null))?.deviceId ?? ''}` });
  }
}
