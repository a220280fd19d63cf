/** A network service for tests: its own database, hosts with fake drivers, and messages that arrive at once. */
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ConductorManager } from '../conductor/manager.ts';
import { insertNetwork, insertSubnet } from '../db/stores/network/networks.ts';
import { systemIds } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import type { Manager } from '../lib/rpc/contract.ts';
import { silentLog } from '../lib/log/log.ts';
import { asId, type HostName, type ServerId } from '../objects/ids.ts';
import type { Network, Subnet } from '../objects/network.ts';
import type { Vif } from '../objects/network-info.ts';
import { FakeNetworkDriver } from './host/drivers/fake/index.ts';
import { HostNetworks } from './host/networks.ts';
import { networkManager } from './manager.ts';
import { noNetworkLimits } from './books/quota.ts';
import type { networkRpc, NetworkRpcApi } from './rpcapi.ts';
import { planSubnet } from './plan/subnet-plan.ts';

/** One host of the cloud. */
export interface TestHost {
  readonly name: HostName;
  readonly driver: FakeNetworkDriver;
  readonly hostNetworks: HostNetworks;
  readonly manager: Manager<typeof networkRpc>;
  /** Binds a server's ports to the host and plugs them there, as a boot does. */
  readonly carry: (ctx: Context, serverId: ServerId) => Promise<Vif[]>;
}

export interface TestCloud {
  readonly database: TestDatabase;
  /** Keeps the records of servers, in the same database. */
  readonly conductor: ConductorManager;
  /** Refreshes every host, as the cast to all does; resolves when all are done. */
  readonly refresh: () => Promise<void>;
  readonly addHost: (name: string) => TestHost;
  /** The gateway is the first address. */
  readonly addSubnet: (network: Network, cidr: string) => Promise<Subnet>;
  /** A network with one subnet. */
  readonly addNetwork: (network: {
    projectId: string;
    name?: string;
    shared?: boolean;
    external?: boolean;
    cidr?: string;
  }) => Promise<Network>;
}

export async function startTestCloud(): Promise<TestCloud> {
  const database = await createTestDatabase();
  const { db } = database;
  const hosts: TestHost[] = [];
  const refresh = async () => void (await Promise.all(hosts.map(({ hostNetworks }) => hostNetworks.refresh())));
  const tell: Pick<NetworkRpcApi, 'refresh'> = {
    refresh: async (_ctx, { only }) => void (await Promise.all(hosts.map(({ hostNetworks }) => hostNetworks.refresh(only)))),
  };
  const addSubnet = ({ id, projectId }: Network, cidr: string): Promise<Subnet> => {
    const planned = planSubnet({ cidr, ipVersion: cidr.includes(':') ? 6 : 4 });
    return insertSubnet(db, {
      id: systemIds.uuid(),
      network_id: id,
      project_id: projectId,
      name: '',
      ip_version: planned.prefix.version,
      cidr: planned.cidr,
      gateway_ip: planned.gatewayIp,
      enable_dhcp: true,
      allocation_pools: JSON.stringify(planned.allocationPools),
      dns_nameservers: '[]',
      host_routes: '[]',
    });
  };
  const conductor = conductorOf(database);
  return {
    database,
    conductor,
    refresh,
    addHost: (host) => {
      const name = asId<HostName>(host);
      const driver = new FakeNetworkDriver();
      const hostNetworks = new HostNetworks({ db, host: name, driver });
      const manager = networkManager({
        db,
        ids: systemIds,
        log: silentLog,
        quotaLimits: noNetworkLimits,
        hostNetworks,
        network: tell,
      });
      const carry = async (ctx: Context, serverId: ServerId): Promise<Vif[]> => {
        await manager.bindPorts(ctx, { serverId, host: name });
        return await manager.plugPorts(ctx, { serverId });
      };
      const made = { name, driver, hostNetworks, manager, carry };
      hosts.push(made);
      return made;
    },
    addSubnet: (network, cidr) => addSubnet(network, cidr),
    addNetwork: async ({ projectId, name = 'net', shared = false, external = false, cidr = '10.1.0.0/24' }) => {
      const network = await insertNetwork(db, { id: systemIds.uuid(), project_id: projectId, name, shared, external, mtu: 1500 });
      const { id } = await addSubnet(network, cidr);
      return { ...network, subnetIds: [id] };
    },
  };
}

const unused = () => Promise.reject(new Error('nothing here asks for this'));

/** A conductor that only records addresses of servers. */
function conductorOf({ db }: TestDatabase): ConductorManager {
  return new ConductorManager({
    db,
    ids: systemIds,
    run: () => {},
    report: unused,
    serviceGroup: { beat: unused },
    volumeHosts: { report: async () => {}, exportsOf: async () => [] },
    allocationRules: { cpuAllocationRatio: 1, ramAllocationRatio: 1, diskAllocationRatio: 1, reservedMemoryMb: 0 },
  });
}

/** A member of a project. */
export const member = (projectId: string): Context => ({
  requestId: 'req-1',
  userId: `user-of-${projectId}`,
  projectId,
  roles: ['member'],
  isAdmin: false,
});

/** A new server's id. */
export const newServerId = (): ServerId => asId<ServerId>(systemIds.uuid());
