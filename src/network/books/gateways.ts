/** A router's way out: the port with which it is on an external network. */
import type { Changing } from '../../db/change.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { countThrough } from '../../db/stores/network/floating-targets.ts';
import { lockSubnetsOf, subnetsOf } from '../../db/stores/network/networks.ts';
import { portsWithIds, updatePort } from '../../db/stores/network/ports.ts';
import { portUpdate } from '../../events/network.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Network, Router, RouterLeg } from '../../objects/network.ts';
import { RouterGatewayInUse } from '../router-errors.ts';
import { refuseOverlapping } from './interface-rules.ts';
import type { WantedAddress } from '../plan/address-choice.ts';
import { readdress } from './port-addresses.ts';
import { addGateway, removeLeg } from './router-legs.ts';

/** The external network that a router is to lead to. */
export interface GatewayPlan {
  readonly network: Network;
  /** Left out: any, or those that it has. */
  readonly addresses?: readonly WantedAddress[] | undefined;
}

/** Leads the router to an external network, or (null) to none. It is locked. */
export async function setGateway(changing: Changing<CloudDb>, ids: Ids, router: Router, plan: GatewayPlan | null): Promise<void> {
  const before = router.gateway;
  if (before && before.networkId === plan?.network.id) {
    if (plan.addresses) await moveGateway(changing, before, plan.addresses);
    return;
  }
  if (before) {
    if ((await countThrough(changing.trx, router.id)) > 0) throw RouterGatewayInUse({ id: router.id, networkId: before.networkId });
    await removeLeg(changing, before.portId);
  }
  if (!plan) return;
  const networkId = plan.network.id;
  for (const subnet of await subnetsOf(changing.trx, [networkId]))
    await refuseOverlapping(changing.trx, { ...router, gateway: null }, subnet);
  await addGateway(changing, ids, { router, networkId, addresses: plan.addresses });
}

async function moveGateway(
  changing: Changing<CloudDb>,
  { portId, networkId }: RouterLeg,
  addresses: readonly WantedAddress[],
): Promise<void> {
  const { trx, tell } = changing;
  const subnets = await lockSubnetsOf(trx, [networkId]);
  for (const port of await portsWithIds(trx, [portId])) await readdress(changing, port, { subnets, addresses });
  await updatePort(trx, portId, {});
  for (const port of await portsWithIds(trx, [portId])) tell(portUpdate(port));
}
