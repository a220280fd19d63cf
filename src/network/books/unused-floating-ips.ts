import type { Changing } from '../../db/change.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { deleteFloatingIp, lockFloatingIp, unusedFloatingIps } from '../../db/stores/network/floating-ips.ts';
import { deletePort, portsWithIds } from '../../db/stores/network/ports.ts';
import { portDelete } from '../../events/network.ts';
import { floatingIpDelete } from '../../events/routers.ts';

/** Deletes the floating IPs of a network that lead nowhere: they do not keep it. */
export async function giveBackUnused({ trx, tell }: Changing<CloudDb>, networkId: string): Promise<void> {
  for (const id of await unusedFloatingIps(trx, networkId)) {
    const floatingIp = await lockFloatingIp(trx, id);
    if (!floatingIp || floatingIp.target || floatingIp.forwardings.length > 0) continue;
    await deleteFloatingIp(trx, id);
    for (const port of await portsWithIds(trx, [floatingIp.ownPortId])) tell(portDelete(port));
    await deletePort(trx, floatingIp.ownPortId);
    tell(floatingIpDelete(floatingIp));
  }
}
