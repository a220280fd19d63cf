/** From the networks that a request to boot names to what each of the server's ports will be; refuses what cannot be. */
import { candidateNetworks, findNetworks } from '../../db/stores/network/networks.ts';
import { findPort } from '../../db/stores/network/ports.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { Network, Port } from '../../objects/network.ts';
import type { RequestedNetwork, RequestedNetworks } from '../../objects/network-info.ts';
import { ExternalNetworkForbidden, NetworkAmbiguous, NetworkRequiresSubnet, PortInUse, UnknownNetwork, UnknownPort } from '../errors.ts';

/** A port that is there already, or one to be made. */
export type PlannedPort =
  | { readonly kind: 'given'; readonly port: Port }
  | { readonly kind: 'new'; readonly network: Network; readonly fixedIp: string | undefined };

/** For whom the ports are. */
export interface PortAsker {
  readonly projectId: string;
  /** Reaches the networks and ports of all projects. */
  readonly isAdmin: boolean;
  /** A port that this server has already is not in use by somebody else. */
  readonly serverId?: ServerId;
}

/** One planned port per network asked for, in the order of the request. Throws what is wrong with the first that cannot be. */
export async function planPorts(db: CloudDb, asker: PortAsker, requested: RequestedNetworks): Promise<readonly PlannedPort[]> {
  if (requested === 'none') return [];
  if (requested === 'auto') return await planAuto(db, asker);
  const plan: PlannedPort[] = [];
  for (const one of requested) plan.push(await planOne(db, asker, one));
  return plan;
}

async function planAuto(db: CloudDb, { projectId }: PortAsker): Promise<readonly PlannedPort[]> {
  const [network, ...others] = await candidateNetworks(db, projectId);
  if (!network) return [];
  if (others.length > 0) throw NetworkAmbiguous({ networks: [network, ...others].map(({ id }) => id) });
  return [toMake(network, undefined)];
}

async function planOne(db: CloudDb, asker: PortAsker, { networkId, portId, fixedIp }: RequestedNetwork): Promise<PlannedPort> {
  const sight = asker.isAdmin ? null : asker.projectId;
  if (portId !== undefined) {
    const port = isUuid(portId) ? await findPort(db, portId, sight) : undefined;
    // The owner of a network sees the ports of others on it, but they are not the owner's to use.
    const mayUse = port && (asker.isAdmin || port.projectId === asker.projectId);
    if (!mayUse) throw UnknownPort({ id: portId });
    const isFree = port.deviceId === '' || (port.serverId !== null && port.serverId === asker.serverId);
    if (!isFree) throw PortInUse({ id: port.id, deviceId: port.deviceId });
    return { kind: 'given', port };
  }
  const id = networkId ?? '';
  const [network] = isUuid(id) ? await findNetworks(db, [id], sight) : [];
  if (!network) throw UnknownNetwork({ id });
  const isOwn = asker.isAdmin || network.projectId === asker.projectId || network.isShared;
  if (network.isExternal && !isOwn) throw ExternalNetworkForbidden({ id });
  return toMake(network, fixedIp);
}

function toMake(network: Network, fixedIp: string | undefined): PlannedPort {
  if (network.subnetIds.length === 0) throw NetworkRequiresSubnet({ id: network.id });
  return { kind: 'new', network, fixedIp };
}

/** Whether the database would take the text for an id. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
