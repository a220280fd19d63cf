/** Gives ports to servers and takes them back. Each is one transaction: a server has all of its ports or none. */
import type { Kysely } from 'kysely';
import { transaction } from '../db/retry.ts';
import type { Database } from '../db/schema/index.ts';
import { findNetworks, holdNetworks, lockSubnetsOf } from '../db/stores/networks.ts';
import { freePortsOfServer, lockPorts, lockPortsOfServer, portsOfServer, updatePort } from '../db/stores/ports.ts';
import type { InTransaction, Queries } from '../db/stores/queries.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { PortId, ServerId } from '../objects/ids.ts';
import type { Port } from '../objects/network.ts';
import type { NetworkInfo, RequestedNetworks } from '../objects/network-info.ts';
import { PortInUse, UnknownNetwork, UnknownPort } from './errors.ts';
import { groupIdsOf } from './group-names.ts';
import { makePort } from './make-port.ts';
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
  allocation: Allocation,
): Promise<{ networkInfo: NetworkInfo; hasNew: boolean }> =>
  transaction(db, async (trx) => {
    const { serverId } = allocation;
    await lockPortsOfServer(trx, serverId);
    const before = await portsOfServer(trx, serverId);
    const plan = await planPorts(trx, allocation, missing(allocation.requested, before));
    const count = plan.filter(({ kind }) => kind === 'new').length;
    await takeQuota(trx, quotaLimits, { projectId: allocation.projectId, resource: 'port', count });
    if (plan.length > 0) await givePorts(trx, ids, { allocation, plan, firstIndex: 1 + Math.max(-1, ...before.map(indexOf)) });
    const ports = plan.length > 0 ? await portsOfServer(trx, serverId) : before;
    return { networkInfo: await networkInfoOf(trx, ports), hasNew: plan.length > 0 };
  });

/** Takes the server's ports away; answers whether it had any. */
export const releasePorts = ({ db }: Pick<Deps, 'db'>, serverId: ServerId): Promise<boolean> =>
  transaction(db, async (trx) => {
    await lockPortsOfServer(trx, serverId);
    return (await freePortsOfServer(trx, serverId)) > 0;
  });

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

async function givePorts(trx: InTransaction, ids: Ids, { allocation, plan, firstIndex }: Giving): Promise<void> {
  const { serverId, projectId, hostname, securityGroups } = allocation;
  const networkIds = plan.flatMap((one) => (one.kind === 'new' ? [one.network.id] : []));
  const held = await holdNetworks(trx, networkIds);
  for (const id of networkIds) if (!held.includes(id)) throw UnknownNetwork({ id });
  const groupIds = await groupIdsOf(trx, ids, { projectId, names: securityGroups });
  const subnets = await lockSubnetsOf(trx, networkIds);
  const bound = { server_id: serverId, device_id: serverId, device_owner: 'compute:nova', hostname };
  for (const [index, planned] of plan.entries()) {
    const columns = { ...bound, server_index: firstIndex + index };
    if (planned.kind === 'given') await bindPort(trx, planned.port.id, serverId, columns);
    else {
      const { network, fixedIp } = planned;
      await makePort(trx, ids, {
        networkId: network.id,
        projectId,
        subnets: subnets.filter((subnet) => subnet.networkId === network.id),
        ...(fixedIp !== undefined && { addresses: [{ ipAddress: fixedIp }] }),
        groupIds: network.portSecurityEnabled ? groupIds : [],
        columns: { ...columns, made_for_server: true, port_security_enabled: network.portSecurityEnabled },
      });
    }
  }
}

/** Two servers may have been promised one port: the second one that comes does not get it. */
async function bindPort(trx: InTransaction, id: PortId, serverId: ServerId, columns: Parameters<typeof updatePort>[2]): Promise<void> {
  const [port] = await lockPorts(trx, [id]);
  if (!port) throw UnknownPort({ id });
  if (port.serverId !== serverId && port.deviceId !== '') throw PortInUse({ id, deviceId: port.deviceId });
  await updatePort(trx, id, columns);
}

/** What a server keeps of its ports. */
export async function networkInfoOf(db: Queries, ports: readonly Port[]): Promise<NetworkInfo> {
  const networks = await findNetworks(db, [...new Set(ports.map(({ networkId }) => networkId))], null);
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
