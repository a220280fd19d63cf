/** The ports of a server and their security groups, for the compute api. */
import { change, type Changing } from '../../db/change.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { lockPorts, portsOfServer, portsWithIds, setPortGroups, updatePort } from '../../db/stores/network/ports.ts';
import { lockSubnetsOf } from '../../db/stores/network/networks.ts';
import { groupsWithIds, namesOfGroups } from '../../db/stores/network/security-groups.ts';
import { changePortsOf } from '../../db/stores/network/server-networking.ts';
import { portUpdate } from '../../events/network.ts';
import type { Context } from '../../lib/context/context.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { Port } from '../../objects/network.ts';
import { tellAddresses } from '../books/addresses.ts';
import { groupIdsOf } from '../books/group-names.ts';
import { giveWanted } from '../books/give-addresses.ts';
import { readdress } from '../books/port-addresses.ts';
import { planPorts } from '../books/requested.ts';
import { tellHosts } from '../books/tell-hosts.ts';
import { canonicalAddress } from '../plan/ip-range.ts';
import {
  FixedIpNotOfServer,
  GroupNotFoundForProject,
  GroupNotOfServer,
  IpAddressGenerationFailure,
  NetworkNotOfServer,
  NoMoreFixedIps,
  SecurityGroupCannotBeApplied,
  ServerHasNoPorts,
  UnknownSecurityGroup,
} from '../errors.ts';
import type { GroupForServer, GroupsOfServer, PortsOfServers } from '../server-networking.ts';
import type { NetworkApiDeps } from './deps.ts';

/** Reads and changes them in the network service's books. */
export const portsOfServers = (deps: NetworkApiDeps): PortsOfServers => ({
  ports: (serverId) => portsOfServer(deps.db, serverId),
  onlyNetwork: async (projectId) => {
    const [planned] = await planPorts(deps.db, { projectId, isAdmin: false }, 'auto');
    return planned?.kind === 'new' ? planned.network.id : undefined;
  },
  groups: async (serverId): Promise<GroupsOfServer> => {
    const ports = await portsOfServer(deps.db, serverId);
    const groups = await groupsWithIds(deps.db, distinct(ports.flatMap(({ securityGroupIds }) => securityGroupIds)));
    const remoteIds = groups.flatMap(({ rules }) => rules.flatMap(({ remoteGroupId }) => remoteGroupId ?? []));
    return { groups, remotes: await namesOfGroups(deps.db, distinct(remoteIds)) };
  },
  addGroup: (ctx, wanted) =>
    changeGroups(deps, ctx, wanted, (ports, groupId) => {
      if (!ports.every(mayHaveGroups)) throw SecurityGroupCannotBeApplied({});
      return ports.filter((port) => !port.securityGroupIds.includes(groupId)).map((port) => [port, [...port.securityGroupIds, groupId]]);
    }),
  removeGroup: (ctx, unwanted) =>
    changeGroups(deps, ctx, unwanted, (ports, groupId) => {
      const having = ports.filter(({ securityGroupIds }) => securityGroupIds.includes(groupId));
      if (having.length === 0) throw GroupNotOfServer(unwanted);
      return having.map((port) => [port, port.securityGroupIds.filter((id) => id !== groupId)]);
    }),
  refresh: async (ctx, serverId) => {
    await change(ctx, { db: deps.db, what: `ports.refresh ${serverId}` }, async ({ trx }) => {
      await changePortsOf(trx, { serverId, isTold: false });
    });
    await tellAddresses(deps, ctx, serverId);
  },
  addFixedIp: (ctx, { serverId, networkId }) =>
    changePorts(deps, ctx, serverId, async ({ trx }, ports) => {
      const port = ports.find((one) => one.networkId === networkId.toLowerCase());
      if (!port) throw NetworkNotOfServer({ serverId });
      const subnets = await lockSubnetsOf(trx, [port.networkId]);
      // One address of the first subnet, as in Nova.
      const [{ id: subnetId } = { id: undefined }] = subnets;
      if (subnetId === undefined) throw NoMoreFixedIps({ networkId });
      await giveWanted(trx, { networkId: port.networkId, portId: port.id, deviceOwner: port.deviceOwner, subnets }, [{ subnetId }]).catch(
        (error: unknown) => {
          throw IpAddressGenerationFailure.is(error) ? NoMoreFixedIps({ networkId }, { cause: error }) : error;
        },
      );
      return [port];
    }),
  removeFixedIp: (ctx, { serverId, address }) =>
    changePorts(deps, ctx, serverId, async (changing, ports) => {
      const canonical = canonicalAddress(address);
      const port = ports.find(({ fixedIps }) => fixedIps.some(({ ipAddress }) => ipAddress === canonical));
      if (!port) throw FixedIpNotOfServer({ serverId, address });
      const kept = port.fixedIps.filter(({ ipAddress }) => ipAddress !== canonical);
      await readdress(changing, port, { subnets: [], addresses: kept });
      return [port];
    }),
});

/** Ports to change, each with its new groups. */
type NewGroups = readonly (readonly [port: Port, groupIds: readonly string[]])[];

/** Changes the groups of a server's ports, all or none. */
const changeGroups = (
  deps: NetworkApiDeps,
  ctx: Context,
  { serverId, ...named }: GroupForServer,
  plan: (ports: readonly Port[], groupId: string) => NewGroups,
): Promise<void> =>
  changePorts(deps, ctx, serverId, async (changing, ports) => {
    if (ports.length === 0) throw ServerHasNoPorts({ serverId });
    const changed = plan(ports, await groupIdOf(changing, deps, named));
    for (const [{ id }, groupIds] of changed) await setPortGroups(changing.trx, id, groupIds);
    return changed.map(([port]) => port);
  });

/** Changes some of a server's ports, which `work` returns, in one transaction, and has compute and the hosts told. */
async function changePorts(
  deps: NetworkApiDeps,
  ctx: Context,
  serverId: ServerId,
  work: (changing: Changing<CloudDb>, ports: readonly Port[]) => Promise<readonly Port[]>,
): Promise<void> {
  await change(ctx, { db: deps.db, what: 'port.update' }, async (changing) => {
    const { trx, tell } = changing;
    // Locked first, as in the allocation of a server's ports.
    await changePortsOf(trx, { serverId, isTold: false });
    const ports = await lockPorts(
      trx,
      (await portsOfServer(trx, serverId)).map(({ id }) => id),
    );
    const ids = (await work(changing, ports)).map(({ id }) => id);
    for (const id of ids) await updatePort(trx, id, {});
    for (const after of await portsWithIds(trx, ids)) tell(portUpdate(after));
  });
  await tellAddresses(deps, ctx, serverId);
  await tellHosts(deps, ctx);
}

async function groupIdOf(
  changing: Changing<CloudDb>,
  { ids }: NetworkApiDeps,
  { projectId, name }: Omit<GroupForServer, 'serverId'>,
): Promise<string> {
  try {
    const [groupId = ''] = await groupIdsOf(changing, ids, { projectId, names: [name] });
    return groupId;
  } catch (error) {
    throw UnknownSecurityGroup.is(error) ? GroupNotFoundForProject({ name, projectId }) : error;
  }
}

const mayHaveGroups = ({ portSecurityEnabled, fixedIps }: Port): boolean => portSecurityEnabled && fixedIps.length > 0;

const distinct = (ids: readonly string[]): readonly string[] => [...new Set(ids)];
