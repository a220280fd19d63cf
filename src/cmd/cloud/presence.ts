import { memoize } from '../../lib/memo/memoize.ts';
import type { PresenceEngine } from '../../servicegroup/driver.ts';
import { Presence } from '../../servicegroup/presence.ts';
import { CannotStart } from '../cannot-start.ts';
import type { Runtime } from './runtime.ts';

/** The engine of service groups beside the database, if one is configured. All services of a program share one session with it. */
export const openPresence = memoize(async (runtime: Runtime): Promise<Presence | undefined> => {
  const { config, clock, log, life } = runtime;
  const engine = await engineOf(runtime);
  if (!engine) return undefined;
  life.hold('the engine of the service group', engine, (open) => open.close());
  return new Presence(engine, { downAfterSeconds: config.DEFAULT.service_down_time }, { clock, log });
});

/** Loads the client of an engine only where that engine is used. */
async function engineOf({ config: { DEFAULT, zookeeper }, clock, ids }: Runtime): Promise<PresenceEngine | undefined> {
  switch (DEFAULT.servicegroup_driver) {
    case 'db':
      return undefined;
    case 'mc': {
      const { memcached_servers: servers, report_interval, service_down_time: downAfterSeconds } = DEFAULT;
      if (servers.length === 0) throw CannotStart({ because: 'servicegroup_driver is mc, but memcached_servers is not set' });
      const { MemcachedEngine } = await import('../../servicegroup/drivers/memcached.ts');
      return new MemcachedEngine({ servers, announceEveryMs: report_interval * 1000, downAfterSeconds }, { clock, ids });
    }
    case 'zk': {
      const { address, recv_timeout: timeoutMs, sg_prefix: prefix, sg_retry_interval } = zookeeper;
      if (address === undefined) throw CannotStart({ because: 'servicegroup_driver is zk, but address of [zookeeper] is not set' });
      const { ZooKeeperEngine } = await import('../../servicegroup/drivers/zookeeper/engine.ts');
      return new ZooKeeperEngine({ address, timeoutMs, prefix, retryMs: sg_retry_interval * 1000 }, { clock });
    }
  }
}
