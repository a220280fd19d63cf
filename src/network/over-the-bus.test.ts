import { expect, test } from 'vitest';
import { systemClock } from '../lib/clock/clock.ts';
import { systemIds } from '../lib/clock/ids.ts';
import { silentLog } from '../lib/log/log.ts';
import { clientOf } from '../lib/rpc/client.ts';
import { memoryBus } from '../lib/rpc/memory/memory-bus.ts';
import { serve } from '../lib/rpc/serve.ts';
import { IpAddressGenerationFailure } from './errors.ts';
import { networkManager } from './manager.ts';
import { noNetworkLimits } from './books/quota.ts';
import { networkRpc } from './rpcapi.ts';
import { member, newServerId, startTestCloud } from './test-cloud.ts';

test('a conductor allocates ports over the bus, and every host is told of new group members', async () => {
  const cloud = await startTestCloud();
  const bus = memoryBus({ clock: systemClock, ids: systemIds, log: silentLog });
  const client = clientOf(networkRpc, bus);
  try {
    const hosts = [cloud.addHost('one'), cloud.addHost('two')];
    for (const { name, hostNetworks } of hosts) {
      const manager = networkManager({
        db: cloud.database.db,
        ids: systemIds,
        log: silentLog,
        quotaLimits: noNetworkLimits,
        hostNetworks,
        network: client,
      });
      await serve(bus, networkRpc, manager, { host: name, log: silentLog });
    }
    const network = await cloud.addNetwork({ projectId: 'p', cidr: '10.1.0.0/29' });
    const ctx = member('p');
    const boot = async (host: (typeof hosts)[number]) => {
      const serverId = newServerId();
      const requested = [{ networkId: network.id }];
      await client.allocatePorts(ctx, {
        serverId,
        projectId: 'p',
        hostname: 'vm',
        requested,
        securityGroups: ['default'],
      });
      await client.bindPorts(ctx, { serverId, host: host.name });
      const vifs = await client.plugPorts(ctx, { serverId, host: host.name });
      expect(vifs).toHaveLength(1);
      return serverId;
    };
    const [first, second] = hosts;
    if (!first || !second) throw new Error('there are two hosts');
    const serverId = await boot(first);
    await boot(second);
    const letIn = () => first.driver.ports[0]?.rules.flatMap(({ remote }) => (remote.kind === 'addresses' ? remote.addresses : []));
    await expect.poll(letIn).toEqual(['10.1.0.2', '10.1.0.3']);
    for (let left = 3; left > 0; left--) await boot(second);
    await expect(boot(second)).rejects.toSatisfy(IpAddressGenerationFailure.is);
    await client.unplugPorts(ctx, { serverId, host: first.name });
    await client.releasePorts(ctx, { serverId });
    expect(first.driver.ports).toEqual([]);
    await boot(second);
  } finally {
    await bus.close();
    await cloud.database.drop();
  }
});
