/** A network service for tests: its own database, hosts with fake drivers, and messages that arrive at once. */
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { insertNetwork, insertSubnet } from '../db/stores/networks.ts';
import { systemIds } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import type { Manager } from '../lib/rpc/contract.ts';
import { silentLog } from '../lib/log/log.ts';
import { asId, type HostName, type ServerId } from '../objects/ids.ts';
import type { Network } from '../objects/network.ts';
import { FakeNetworkDriver } from './drivers/fake/index.ts';
import { HostNetworks } from './host-networks.ts';
import { parsePrefix, poolsWithout } from './ip-range.ts';
import { networkManager } from './manager.ts';
import type { networkRpc } from './rpcapi.ts';

/** One host of the cloud. */
export interface TestHost {
  readonly name: HostName;
  readonly driver: FakeNetworkDriver;
  readonly hostNetworks: HostNetworks;
  readonly manager: Manager<typeof networkRpc>;
}

export interface TestCloud {
  readonly database: TestDatabase;
  /** Refreshes every host, as the cast to all does; answers when all have followed. */
  readonly refresh: () => Promise<void>;
  readonly addHost: (name: string) => TestHost;
  /** A network with one subnet; the gateway is the first address. */
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
  return {
    database,
    refresh,
    addHost: (host) => {
      const name = asId<HostName>(host);
      const driver = new FakeNetworkDriver();
      const hostNetworks = new HostNetworks({ db, host: name, driver });
      const manager = networkManager({ db, ids: systemIds, log: silentLog, hostNetworks, network: { refresh } });
      const made = { name, driver, hostNetworks, manager };
      hosts.push(made);
      return made;
    },
    addNetwork: async ({ projectId, name = 'net', shared = false, external = false, cidr = '10.1.0.0/24' }) => {
      const id = systemIds.uuid();
      const prefix = parsePrefix(cidr);
      if (!prefix) throw new Error(`${cidr} is no prefix`);
      const gateway = poolsWithout(prefix, undefined)[0]?.start ?? '';
      const network = await insertNetwork(db, { id, project_id: projectId, name, shared, external, mtu: 1500 });
      await insertSubnet(db, {
        id: systemIds.uuid(),
        network_id: id,
        project_id: projectId,
        name: '',
        ip_version: prefix.version,
        cidr,
        gateway_ip: gateway,
        enable_dhcp: true,
        allocation_pools: JSON.stringify(poolsWithout(prefix, prefix.first + 1n)),
        dns_nameservers: '[]',
        host_routes: '[]',
      });
      return { ...network, subnetIds: ['it has one'] };
    },
  };
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
