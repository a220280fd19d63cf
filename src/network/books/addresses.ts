/** Reports the addresses of servers to compute. The books mark unreported changes, so that none is lost. */
import type { ConductorRpcApi } from '../../conductor/rpcapi.ts';
import { transaction } from '../../db/sql/retry.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { findNetworks, findSubnets } from '../../db/stores/network/networks.ts';
import { floatingIpsOfPorts } from '../../db/stores/network/floating-targets.ts';
import { namesOfGroups } from '../../db/stores/network/security-groups.ts';
import { portsOfServer } from '../../db/stores/network/ports.ts';
import { addressVersionOf, markTold, untoldServers } from '../../db/stores/network/server-networking.ts';
import { type Context, serviceContext } from '../../lib/context/context.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { Network, Port, Subnet } from '../../objects/network.ts';
import type { NetworkInfo, ServerAddresses, SubnetInfo } from '../../objects/network-info.ts';
import { netmaskOf } from '../plan/ip-range.ts';

export interface AddressTellerDeps {
  readonly db: CloudDb;
  readonly conductor: Pick<ConductorRpcApi, 'recordAddresses'>;
  readonly log: Log;
}

/** The most servers that one run reports; the next run reports the rest. */
const MAX_TOLD_AT_ONCE = 100;

/** Reports one server. If no conductor answers, it stays marked as unreported (`tellUntold`). */
export async function tellAddresses({ db, conductor, log }: AddressTellerDeps, ctx: Context, serverId: ServerId): Promise<void> {
  try {
    const { networkInfo, version } = await addressesOf(db, serverId);
    await conductor.recordAddresses(ctx, { serverId, networkInfo, version });
    await markTold(db, serverId, version);
  } catch (error) {
    log.warn(
      { serverId, error: messageOf(error) },
      'the addresses of a server could not be reported to a conductor; this is retried later',
    );
  }
}

/** Reports all servers with unreported changes: whoever had to report them died, or found no conductor. */
export const tellUntold = (deps: AddressTellerDeps & { readonly ids: Ids }) => async (): Promise<void> => {
  const ctx = serviceContext(`req-${deps.ids.uuid()}`);
  for (const serverId of await untoldServers(deps.db, MAX_TOLD_AT_ONCE)) await tellAddresses(deps, ctx, serverId);
};

/** Ports and their version, from one snapshot. */
const addressesOf = (db: CloudDb, serverId: ServerId): Promise<ServerAddresses> =>
  transaction(
    db,
    async (trx) => ({
      version: await addressVersionOf(trx, serverId),
      networkInfo: await networkInfoOf(trx, await portsOfServer(trx, serverId)),
    }),
    { isolation: 'repeatable read' },
  );

/** The part of a port that its server stores. */
export type KeptPort = Pick<Port, 'id' | 'networkId' | 'macAddress' | 'fixedIps' | 'securityGroupIds' | 'serverTag'>;

/** What a server stores of its ports; reads their groups and subnets, and those of their networks that are not `known`. */
export async function networkInfoOf(db: CloudDb, ports: readonly KeptPort[], known: readonly Network[] = []): Promise<NetworkInfo> {
  const unknown = ports.map(({ networkId }) => networkId).filter((id) => !known.some((network) => network.id === id));
  const subnetIds = ports.flatMap(({ fixedIps }) => fixedIps.map(({ subnetId }) => subnetId));
  const [read, groups, subnets, floating] = await Promise.all([
    findNetworks(db, [...new Set(unknown)], null),
    namesOfGroups(db, [...new Set(ports.flatMap(({ securityGroupIds }) => securityGroupIds))]),
    findSubnets(db, [...new Set(subnetIds)], null),
    floatingIpsOfPorts(
      db,
      ports.map(({ id }) => id),
    ),
  ]);
  const networks = [...known, ...read];
  return ports.map(({ id, networkId, macAddress, fixedIps, securityGroupIds, serverTag }) => {
    const network = networks.find((one) => one.id === networkId);
    const floatingIps = floating.filter(({ portId }) => portId === id).map(({ address, fixedIp }) => ({ ipAddress: address, fixedIp }));
    return {
      portId: id,
      networkId,
      networkName: network?.name ?? '',
      macAddress,
      mtu: network?.mtu ?? 0,
      fixedIps: fixedIps.map((fixedIp) => ({ ...fixedIp, version: fixedIp.ipAddress.includes(':') ? (6 as const) : (4 as const) })),
      securityGroups: groups.filter((group) => securityGroupIds.includes(group.id)).map(({ name }) => name),
      subnets: subnets.filter((subnet) => fixedIps.some(({ subnetId }) => subnetId === subnet.id)).map(subnetInfoOf),
      ...(floatingIps.length > 0 && { floatingIps }),
      ...(serverTag === null ? {} : { tag: serverTag }),
    };
  });
}

function subnetInfoOf({ id, cidr, ipVersion, gatewayIp, enableDhcp, dnsNameservers, hostRoutes }: Subnet): SubnetInfo {
  const everywhere = ipVersion === 4 ? '0.0.0.0/0' : '::/0';
  const routes = [...(gatewayIp === null ? [] : [{ destination: everywhere, nexthop: gatewayIp }]), ...hostRoutes];
  return {
    id,
    netmask: netmaskOf(cidr).netmask,
    hasDhcp: enableDhcp,
    dnsServers: [...dnsNameservers],
    routes: routes.map(({ destination, nexthop }) => ({ ...netmaskOf(destination), gateway: nexthop })),
  };
}
