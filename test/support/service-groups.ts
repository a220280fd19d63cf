/** Service groups with short limits, as a process of a cloud has them. */
import type { WholeDb } from '../../src/db/sql/queries.ts';
import { type Clock, systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { ServiceGroup } from '../../src/servicegroup/api.ts';
import { type Member, memberKey, type PresenceEngine } from '../../src/servicegroup/driver.ts';
import { dbServiceGroup } from '../../src/servicegroup/drivers/db.ts';
import { MemcachedEngine } from '../../src/servicegroup/drivers/memcached.ts';
import { ZooKeeperEngine } from '../../src/servicegroup/drivers/zookeeper/engine.ts';
import { Presence } from '../../src/servicegroup/presence.ts';

export const DOWN_AFTER_SECONDS = 3;
const REPORT_MS = 500;

/** A process of the cloud, for as long as the test needs it. */
export interface GroupProcess {
  readonly group: ServiceGroup;
  readonly engine: PresenceEngine | undefined;
  readonly presence: Presence | undefined;
  /** Resolves when the members are seen at the engine; at once without one. */
  present(members: readonly Member[]): Promise<void>;
  close(): Promise<void>;
}

export function joinableGroup(kind: string, address: string, db: WholeDb, clock: Clock = systemClock): GroupProcess {
  const engine = engineOf(kind, address, clock);
  const presence = engine && new Presence(engine, { downAfterSeconds: DOWN_AFTER_SECONDS }, { clock, log: silentLog });
  const options = { reportIntervalMs: REPORT_MS, downAfterSeconds: DOWN_AFTER_SECONDS };
  return {
    group: new ServiceGroup(dbServiceGroup(db, systemIds, 'nova'), options, { clock, log: silentLog, presence }),
    engine,
    presence,
    present: async (members) => {
      const areThere = async () => {
        const seen = await engine?.look(members).catch(() => undefined);
        return !engine || members.every((member) => seen?.present.has(memberKey(member)));
      };
      while (!(await areThere())) await clock.sleep(50);
    },
    close: async () => await engine?.close(),
  };
}

function engineOf(kind: string, address: string, clock: Clock): PresenceEngine | undefined {
  if (kind === 'mc') {
    const options = { servers: address.split(','), announceEveryMs: REPORT_MS, downAfterSeconds: DOWN_AFTER_SECONDS };
    return new MemcachedEngine(options, { clock, ids: systemIds });
  }
  if (kind === 'zk') return new ZooKeeperEngine({ address, timeoutMs: 1_000, prefix: '/groups/test', retryMs: 500 }, { clock });
  return undefined;
}
