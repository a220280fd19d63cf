/** Allocates and releases the ports of servers, each in one transaction: a server has all of its ports or none. */
import { change, type Changing } from '../../db/change.ts';
import { lockSubnetsOf } from '../../db/stores/network/networks.ts';
import { freePortsOfServer, lockPorts, portsOfServer, tellServerPorts, updatePort } from '../../db/stores/network/ports.ts';
import { changePortsOf } from '../../db/stores/network/server-networking.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import { catchViolation } from '../../db/sql/constraint-violation.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { PortId, ServerId } from '../../objects/ids.ts';
import type { Port, Subnet } from '../../objects/network.ts';
import type { RequestedNetworks, ServerAddresses } from '../../objects/network-info.ts';
import { PortInUse, PortsUnwanted, UnknownNetwork, UnknownPort } from '../errors.ts';
import { type KeptPort, networkInfoOf } from './addresses.ts';
import { abandon } from './floating-targets.ts';
import { groupIdsOf } from './group-names.ts';
import type { Concern } from '../rpcapi.ts';
import { giveAddresses } from './give-addresses.ts';
import { writePort } from './make-port.ts';
import { type NetworkLimits, takeQuota } from './quota.ts';
import { type PlannedPort, planPorts } from './requested.ts';

/** The ports that a server should get. */
export interface Allocation {
  readonly serverId: ServerId;
  readonly projectId: string;
  /** Whether the requester may use the networks of all projects. */
  readonly isAdmin: boolean;
  readonly hostname: string;
  readonly requested: RequestedNetworks;
  /** By name or id. */
  readonly securityGroups: readonly string[];
  /** The fence of the work that this belongs to: a request with a lower one than before is late. */
  readonly fence?: number;
}

/** The owner of the ports of servers, as clients see it. */
const OWNER = 'compute:nova';

interface Deps {
  readonly db: CloudDb;
  readonly ids: Ids;
  /** The limits of a project without its own. */
  readonly quotaLimits: NetworkLimits;
}

/** Gives the server those of the requested ports that it lacks. Returns all that it has, and the security groups that the new ones joined. */
export const allocatePorts = (
  { db, ids, quotaLimits }: Deps,
  ctx: Context,
  allocation: Allocation,
): Promise<{ addresses: ServerAddresses; joined: string[] }> =>
  change(ctx, { db, what: `ports.allocate ${allocation.serverId}` }, async (changing) => {
    const { trx } = changing;
    const { serverId, projectId } = allocation;
    // Pipelined: both are sent at once, and the second still reads only after the first has the lock.
    const [version, before] = await Promise.all([changePorts(trx, allocation), portsOfServer(trx, serverId)]);
    const plan = await planPorts(trx, allocation, missing(allocation.requested, before));
    const planned = plan.flatMap((one) => (one.kind === 'new' ? [one.network] : []));
    await takeQuota(trx, quotaLimits, { projectId, resource: 'port', count: planned.length });
    const firstIndex = 1 + Math.max(-1, ...before.map(indexOf));
    const given = plan.length > 0 ? await givePorts(changing, ids, { allocation, plan, firstIndex }) : [];
    const givenIds = given.map(({ id }) => id);
    const [networkInfo] = await Promise.all([
      networkInfoOf(trx, [...before, ...given], planned),
      tellServerPorts(trx, givenIds, ctx.requestId),
    ]);
    return { addresses: { networkInfo, version }, joined: groupsOf(given) };
  });

/** What a release concerns. */
interface Released extends Concern {
  /** The networks of ports that a host still carries: it was away when they were to be unplugged. */
  readonly stillBound: string[];
}

/** Releases the server's ports, or those with these ids; returns the rest, and what it concerns if any was released. */
export const releasePorts = (
  { db }: Pick<Deps, 'db'>,
  ctx: Context,
  { portIds, ...release }: Pick<Allocation, 'serverId' | 'fence'> & { readonly portIds?: readonly PortId[] },
): Promise<{ addresses: ServerAddresses; released: Released | undefined }> =>
  change(ctx, { db, what: `ports.release ${release.serverId}` }, async (changing) => {
    const { trx } = changing;
    const [version, before] = await Promise.all([changePorts(trx, release), portsOfServer(trx, release.serverId)]);
    const gone = before.filter(({ id }) => portIds?.includes(id) ?? true);
    await abandon(changing, { serverId: release.serverId, portIds });
    await freePortsOfServer(trx, release.serverId, ctx.requestId, portIds);
    const left = before.filter((port) => !gone.includes(port));
    const networkInfo = left.length > 0 ? await networkInfoOf(trx, left) : [];
    const concern = {
      networkIds: networksOf(gone),
      groupIds: groupsOf(gone),
      stillBound: networksOf(gone.filter(({ host }) => host !== null)),
    };
    return { addresses: { networkInfo, version }, released: gone.length > 0 ? concern : undefined };
  });

const networksOf = (ports: readonly Port[]): string[] => [...new Set(ports.map(({ networkId }) => networkId))];

const groupsOf = (ports: readonly Pick<Port, 'securityGroupIds'>[]): string[] => [
  ...new Set(ports.flatMap(({ securityGroupIds }) => securityGroupIds)),
];

/**
 * Locks the server's ports for a change. Refuses a late request: one that stayed in a queue while newer work was done would undo that, give
 * ports to a deleted server or take new ones away. The fence is raised under the lock, so that the next request sees it.
 */
async function changePorts(trx: InCloud, { serverId, fence }: Pick<Allocation, 'serverId' | 'fence'>): Promise<number> {
  const version = await changePortsOf(trx, { serverId, fence, isTold: true });
  if (version === undefined) throw PortsUnwanted({ serverId });
  return version;
}

const indexOf = ({ serverIndex }: Port): number => serverIndex ?? 0;

/** The requested ports that are missing: each port of the server satisfies one request. */
function missing(requested: RequestedNetworks, ports: readonly Port[]): RequestedNetworks {
  if (typeof requested === 'string') return ports.length > 0 ? 'none' : requested;
  const left = [...ports];
  return requested.filter(({ networkId, portId, newPortId, fixedIp }) => {
    const id = portId ?? newPortId;
    const index = left.findIndex((port) =>
      id === undefined
        ? port.isMadeForServer && port.networkId === networkId && (fixedIp === undefined || hasAddress(port, fixedIp))
        : port.id === id,
    );
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

const hasAddress = (port: Port, address: string): boolean => port.fixedIps.some(({ ipAddress }) => ipAddress === address);

interface Giving {
  readonly allocation: Allocation;
  readonly plan: readonly PlannedPort[];
  readonly firstIndex: number;
}

/** Addresses come last: they lock their subnets for everybody else until the commit. */
async function givePorts(changing: Changing<CloudDb>, ids: Ids, { allocation, plan, firstIndex }: Giving): Promise<readonly KeptPort[]> {
  const { serverId, projectId, hostname, securityGroups } = allocation;
  const networkIds = plan.flatMap((one) => (one.kind === 'new' ? [one.network.id] : []));
  const { trx } = changing;
  const groupIds = await groupIdsOf(changing, ids, { projectId, names: securityGroups });
  const columnsOf = (index: number, { tag }: PlannedPort) => ({
    server_id: serverId,
    server_index: firstIndex + index,
    server_tag: tag ?? null,
    device_id: serverId,
    device_owner: OWNER,
    hostname,
  });
  const groupsFor = ({ network }: NewPlanned) => (network.portSecurityEnabled ? groupIds : []);
  const written = new Map<PlannedPort, Pick<Port, 'id' | 'macAddress'>>();
  for (const [index, planned] of plan.entries()) {
    if (planned.kind === 'given') continue;
    const { id: networkId, portSecurityEnabled } = planned.network;
    const columns = { ...columnsOf(index, planned), made_for_server: true, port_security_enabled: portSecurityEnabled };
    const named = planned.portId === undefined ? {} : { id: planned.portId };
    const port = await catchViolation(writePort(trx, ids, { ...named, networkId, projectId, groupIds: groupsFor(planned), columns }));
    // The network was deleted since the planning. Once written, the port prevents that.
    if (typeof port === 'string') throw UnknownNetwork({ id: networkId });
    written.set(planned, port);
  }
  const subnets = await lockSubnetsOf(trx, networkIds);
  const given: KeptPort[] = [];
  for (const [index, planned] of plan.entries()) {
    const port = written.get(planned);
    if (planned.kind === 'new' && port)
      given.push(await withAddresses(trx, planned, { ...port, securityGroupIds: groupsFor(planned) }, subnets));
    else if (planned.kind === 'given') given.push(await bindPort(trx, planned.port, serverId, columnsOf(index, planned)));
  }
  return given;
}

type NewPlanned = Extract<PlannedPort, { kind: 'new' }>;

async function withAddresses(
  trx: InCloud,
  { network, fixedIp, tag }: NewPlanned,
  port: Pick<Port, 'id' | 'macAddress' | 'securityGroupIds'>,
  subnets: readonly Subnet[],
): Promise<KeptPort> {
  const fixedIps = await giveAddresses(trx, {
    networkId: network.id,
    portId: port.id,
    macAddress: port.macAddress,
    deviceOwner: OWNER,
    subnets: subnets.filter(({ networkId }) => networkId === network.id),
    ...(fixedIp !== undefined && { addresses: [{ ipAddress: fixedIp }] }),
  });
  return { ...port, networkId: network.id, fixedIps, serverTag: tag ?? null };
}

/** Two servers may have requested the same port: only the first one gets it. */
async function bindPort(trx: InCloud, { id }: Port, serverId: ServerId, columns: Parameters<typeof updatePort>[2]): Promise<Port> {
  const [port] = await lockPorts(trx, [id]);
  if (!port) throw UnknownPort({ id });
  if (port.serverId !== serverId && port.deviceId !== '') throw PortInUse({ id, deviceId: port.deviceId });
  await updatePort(trx, id, columns);
  return { ...port, serverTag: columns.server_tag ?? null };
}
