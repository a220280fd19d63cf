/** Gives ports to servers and takes them back. Each is one transaction: a server has all of its ports or none. */
import type { Kysely } from 'kysely';
import { change, type Changing } from '../../db/change.ts';
import type { Database } from '../../db/schema/index.ts';
import { findNetworks, lockSubnetsOf } from '../../db/stores/network/networks.ts';
import {
  freePortsOfServer,
  lockPorts,
  lockPortsOfServer,
  portsOfServer,
  tellServerPorts,
  updatePort,
} from '../../db/stores/network/ports.ts';
import type { InTransaction, Queries } from '../../db/sql/queries.ts';
import { stored } from '../../db/sql/unique-violation.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { isAwaited } from '../../lib/workflow/awaited.ts';
import type { ServerId, TaskId } from '../../objects/ids.ts';
import type { Network, Port, Subnet } from '../../objects/network.ts';
import type { NetworkInfo, RequestedNetworks } from '../../objects/network-info.ts';
import { PortInUse, PortsUnwanted, UnknownNetwork, UnknownPort } from '../errors.ts';
import { groupIdsOf } from './group-names.ts';
import { giveAddresses, writePort } from './make-port.ts';
import { type NetworkLimits, takeQuota } from './quota.ts';
import { type PlannedPort, planPorts } from './requested.ts';

/** What a server is to get. */
export interface Allocation {
  readonly serverId: ServerId;
  readonly projectId: string;
  /** Whether who asks may use the networks of all projects. */
  readonly isAdmin: boolean;
  readonly hostname: string;
  readonly requested: RequestedNetworks;
  /** By name or id. */
  readonly securityGroups: readonly string[];
  /** The task that this is part of; without one it is not asked whether anybody still waits. */
  readonly taskId?: TaskId;
}

interface Deps {
  readonly db: Kysely<Database>;
  readonly ids: Ids;
  /** What a project may have for which nothing else was set. */
  readonly quotaLimits: NetworkLimits;
}

/** Gives the server what it lacks of the ports asked for. Answers all that it has, and whether some are new. */
export const allocatePorts = (
  { db, ids, quotaLimits }: Deps,
  ctx: Context,
  allocation: Allocation,
): Promise<{ networkInfo: NetworkInfo; hasNew: boolean }> =>
  change(ctx, { db, what: `ports.allocate ${allocation.serverId}` }, async (changing) => {
    const { trx } = changing;
    const { serverId, taskId } = allocation;
    // Each is sent without waiting for the one before, and still reads only once the lock is granted.
    const [, , before] = await Promise.all([
      lockPortsOfServer(trx, serverId),
      refuseUnlessAwaited(trx, { serverId, taskId }),
      portsOfServer(trx, serverId),
    ]);
    const plan = await planPorts(trx, allocation, missing(allocation.requested, before));
    const planned = plan.flatMap((one) => (one.kind === 'new' ? [one.network] : []));
    await takeQuota(trx, quotaLimits, { projectId: allocation.projectId, resource: 'port', count: planned.length });
    const firstIndex = 1 + Math.max(-1, ...before.map(indexOf));
    const given = plan.length > 0 ? await givePorts(changing, ids, { allocation, plan, firstIndex }) : [];
    const givenIds = given.map(({ id }) => id);
    const [networkInfo] = await Promise.all([
      networkInfoOf(trx, [...before, ...given], planned),
      tellServerPorts(trx, givenIds, ctx.requestId),
    ]);
    return { networkInfo, hasNew: plan.length > 0 };
  });

/** Takes the server's ports away; answers whether it had any. */
export const releasePorts = (
  { db }: Pick<Deps, 'db'>,
  ctx: Context,
  { serverId, taskId }: Pick<Allocation, 'serverId' | 'taskId'>,
): Promise<boolean> =>
  change(ctx, { db, what: `ports.release ${serverId}` }, async ({ trx }) => {
    await Promise.all([lockPortsOfServer(trx, serverId), refuseUnlessAwaited(trx, { serverId, taskId })]);
    return (await freePortsOfServer(trx, serverId, ctx.requestId)) > 0;
  });

/**
 * What lay in a queue while nobody served it comes after what was asked for later, and would undo that: give ports to a server that is gone,
 * or take them from one that has them anew. Asked under the lock of the server's ports, so that whatever comes next finds this done.
 */
async function refuseUnlessAwaited(
  trx: InTransaction,
  { serverId, taskId }: { readonly serverId: ServerId; readonly taskId: TaskId | undefined },
): Promise<void> {
  if (taskId !== undefined && !(await isAwaited(trx, taskId))) throw PortsUnwanted({ serverId });
}

const indexOf = ({ serverIndex }: Port): number => serverIndex ?? 0;

/** What is asked for and not there yet: each port that the server has stands for one of the request. */
function missing(requested: RequestedNetworks, ports: readonly Port[]): RequestedNetworks {
  if (typeof requested === 'string') return ports.length > 0 ? 'none' : requested;
  const left = [...ports];
  return requested.filter(({ networkId, portId, fixedIp }) => {
    const index = left.findIndex((port) =>
      portId === undefined
        ? port.isMadeForServer && port.networkId === networkId && (fixedIp === undefined || hasAddress(port, fixedIp))
        : port.id === portId,
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

/** A port as far as its server keeps it. */
type KeptPort = Pick<Port, 'id' | 'networkId' | 'macAddress' | 'fixedIps'>;

/** The addresses come last: until the commit nobody else can take one of the same subnets. */
async function givePorts(changing: Changing, ids: Ids, { allocation, plan, firstIndex }: Giving): Promise<readonly KeptPort[]> {
  const { serverId, projectId, hostname, securityGroups } = allocation;
  const networkIds = plan.flatMap((one) => (one.kind === 'new' ? [one.network.id] : []));
  const { trx } = changing;
  const groupIds = await groupIdsOf(changing, ids, { projectId, names: securityGroups });
  const columnsOf = (index: number) => ({
    server_id: serverId,
    server_index: firstIndex + index,
    device_id: serverId,
    device_owner: 'compute:nova',
    hostname,
  });
  const written = new Map<PlannedPort, Pick<Port, 'id' | 'macAddress'>>();
  for (const [index, planned] of plan.entries()) {
    if (planned.kind === 'given') continue;
    const { id: networkId, portSecurityEnabled } = planned.network;
    const columns = { ...columnsOf(index), made_for_server: true, port_security_enabled: portSecurityEnabled };
    const port = await stored(writePort(trx, ids, { networkId, projectId, groupIds: portSecurityEnabled ? groupIds : [], columns }));
    // The network was there when it was planned; from here on the port holds it.
    if (typeof port === 'string') throw UnknownNetwork({ id: networkId });
    written.set(planned, port);
  }
  const subnets = await lockSubnetsOf(trx, networkIds);
  const given: KeptPort[] = [];
  for (const [index, planned] of plan.entries()) {
    const port = written.get(planned);
    if (planned.kind === 'new' && port) given.push(await withAddresses(trx, planned, port, subnets));
    else if (planned.kind === 'given') given.push(await bindPort(trx, planned.port, serverId, columnsOf(index)));
  }
  return given;
}

type NewPlanned = Extract<PlannedPort, { kind: 'new' }>;

async function withAddresses(
  trx: InTransaction,
  { network, fixedIp }: NewPlanned,
  port: Pick<Port, 'id' | 'macAddress'>,
  subnets: readonly Subnet[],
): Promise<KeptPort> {
  const fixedIps = await giveAddresses(trx, {
    networkId: network.id,
    portId: port.id,
    subnets: subnets.filter(({ networkId }) => networkId === network.id),
    ...(fixedIp !== undefined && { addresses: [{ ipAddress: fixedIp }] }),
  });
  return { ...port, networkId: network.id, fixedIps };
}

/** Two servers may have been promised one port: the second one that comes does not get it. */
async function bindPort(trx: InTransaction, { id }: Port, serverId: ServerId, columns: Parameters<typeof updatePort>[2]): Promise<Port> {
  const [port] = await lockPorts(trx, [id]);
  if (!port) throw UnknownPort({ id });
  if (port.serverId !== serverId && port.deviceId !== '') throw PortInUse({ id, deviceId: port.deviceId });
  await updatePort(trx, id, columns);
  return port;
}

/** What a server keeps of its ports; those of their networks that are not `known` are looked up. */
export async function networkInfoOf(db: Queries, ports: readonly KeptPort[], known: readonly Network[] = []): Promise<NetworkInfo> {
  const unknown = ports.map(({ networkId }) => networkId).filter((id) => !known.some((network) => network.id === id));
  const networks = [...known, ...(await findNetworks(db, [...new Set(unknown)], null))];
  return ports.map(({ id, networkId, macAddress, fixedIps }) => {
    const network = networks.find((one) => one.id === networkId);
    return {
      portId: id,
      networkId,
      networkName: network?.name ?? '',
      macAddress,
      mtu: network?.mtu ?? 0,
      fixedIps: fixedIps.map((fixedIp) => ({ ...fixedIp, version: fixedIp.ipAddress.includes(':') ? (6 as const) : (4 as const) })),
    };
  });
}
