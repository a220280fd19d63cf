/** Plans a server's ports from the networks that its boot request names; refuses what is invalid. */
import { candidateNetworks, findNetworks } from '../../db/stores/network/networks.ts';
import { findPort } from '../../db/stores/network/ports.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { isUuid, type PortId, type ServerId } from '../../objects/ids.ts';
import type { Network, Port } from '../../objects/network.ts';
import type { RequestedNetwork, RequestedNetworks } from '../../objects/network-info.ts';
import {
  ExternalNetworkForbidden,
  FixedIpWithPort,
  NetworkAmbiguous,
  NetworkRequiresSubnet,
  PortInUse,
  PortRequestedTwice,
  UnknownNetwork,
  UnknownPort,
} from '../errors.ts';

/** An existing port, or one to create. */
export type PlannedPort = (
  | { readonly kind: 'given'; readonly port: Port }
  | { readonly kind: 'new'; readonly network: Network; readonly fixedIp: string | undefined; readonly portId?: PortId | undefined }
) & { readonly tag?: string | undefined };

/** Who requests the ports. */
export interface PortAsker {
  readonly projectId: string;
  /** May use the networks and ports of all projects. */
  readonly isAdmin: boolean;
  /** The server that gets the ports: those it has already count as free. */
  readonly serverId?: ServerId;
}

/** One planned port per requested network, in the order of the request. Throws the error of the first invalid one. */
export async function planPorts(db: CloudDb, asker: PortAsker, requested: RequestedNetworks): Promise<readonly PlannedPort[]> {
  if (requested === 'none') return [];
  if (requested === 'auto') return await planAuto(db, asker);
  refusePorts(requested);
  const plan: PlannedPort[] = [];
  for (const one of requested) plan.push(await planOne(db, asker, one));
  return plan;
}

/** A port is one network card, whose id may be written in either case, and has addresses already. */
function refusePorts(requested: readonly RequestedNetwork[]): void {
  for (const { portId: port, fixedIp: address } of requested)
    if (port !== undefined && address !== undefined) throw FixedIpWithPort({ address, port });
  const ids = requested.flatMap(({ portId }) => (portId === undefined ? [] : [portId.toLowerCase()]));
  const id = ids.find((one, index) => ids.indexOf(one) < index);
  if (id !== undefined) throw PortRequestedTwice({ id });
}

async function planAuto(db: CloudDb, { projectId }: PortAsker): Promise<readonly PlannedPort[]> {
  const [network, ...others] = await candidateNetworks(db, projectId);
  if (!network) return [];
  if (others.length > 0) throw NetworkAmbiguous({ networks: [network, ...others].map(({ id }) => id) });
  return [toMake(network, undefined)];
}

async function planOne(
  db: CloudDb,
  asker: PortAsker,
  { networkId, portId, fixedIp, tag, newPortId }: RequestedNetwork,
): Promise<PlannedPort> {
  const sight = asker.isAdmin ? null : asker.projectId;
  if (portId !== undefined) {
    const port = isUuid(portId) ? await findPort(db, portId, sight) : undefined;
    // The owner of a network sees the ports of others on it, but may not use them.
    const mayUse = port && (asker.isAdmin || port.projectId === asker.projectId);
    if (!mayUse) throw UnknownPort({ id: portId });
    const isFree = port.deviceId === '' || (port.serverId !== null && port.serverId === asker.serverId);
    if (!isFree) throw PortInUse({ id: port.id, deviceId: port.deviceId });
    return { kind: 'given', port, tag };
  }
  const id = networkId ?? '';
  const [network] = isUuid(id) ? await findNetworks(db, [id], sight) : [];
  if (!network) throw UnknownNetwork({ id });
  const isOwn = asker.isAdmin || network.projectId === asker.projectId || network.isShared;
  if (network.isExternal && !isOwn) throw ExternalNetworkForbidden({ id });
  return { ...toMake(network, fixedIp), portId: newPortId, tag };
}

function toMake(network: Network, fixedIp: string | undefined) {
  if (network.subnetIds.length === 0) throw NetworkRequiresSubnet({ id: network.id });
  return { kind: 'new', network, fixedIp } as const;
}
