import type { RequestedNetworks } from '../../objects/network-info.ts';
import { NotForSeveralServers } from '../errors.ts';

/** Several servers cannot share a port or an address. */
export function refuseSharing(requested: Exclude<RequestedNetworks, string>, count: number): void {
  for (const { portId, fixedIp } of requested) {
    if (portId !== undefined) throw NotForSeveralServers({ what: `Port ${portId}`, count });
    if (fixedIp !== undefined) throw NotForSeveralServers({ what: `Fixed IP ${fixedIp}`, count });
  }
}
