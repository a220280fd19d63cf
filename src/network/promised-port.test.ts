// Two boots that were promised one port meet at its row: the checks before that saw the port free for both.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemIds } from '../lib/clock/ids.ts';
import { silentLog } from '../lib/log/log.ts';
import { novaPolicy } from '../policy/policy.ts';
import { NetworkApi } from './api.ts';
import { noNetworkLimits } from './books/quota.ts';
import { member, newServerId, startTestCloud, type TestCloud } from './test-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.database.drop());

/** How many statements wait for a lock. */
async function waiting(): Promise<number | undefined> {
  const select = sql<{ n: number }>`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return (await select.execute(cloud.database.db)).rows[0]?.n;
}

// Fault 2026-11 E14.
test('of two servers that were promised one port the first gets it, the other none', async () => {
  const { db } = cloud.database;
  const ctx = member('p');
  const api = new NetworkApi({
    db,
    ids: systemIds,
    policy: novaPolicy(),
    network: cloud,
    conductor: cloud.conductor,
    log: silentLog,
    quotaLimits: noNetworkLimits,
    zone: 'nova',
    agents: async () => [],
  });
  const network = await cloud.addNetwork({ projectId: 'p' });
  const [port] = await api.ports.create(ctx, [{ networkId: network.id }]);
  if (!port) throw new Error('The port was not made.');
  const { manager } = cloud.addHost('host-1');
  const servers = [newServerId(), newServerId()];
  const { started } = await db.transaction().execute(async (trx) => {
    await sql`SELECT FROM ports WHERE id = ${port.id} FOR UPDATE`.execute(trx);
    const asked = servers.map((serverId) =>
      manager.allocatePorts(ctx, { serverId, projectId: 'p', hostname: 'vm', requested: [{ portId: port.id }], securityGroups: [] }),
    );
    const settled = Promise.allSettled(asked);
    await expect.poll(waiting, { timeout: 10_000 }).toBe(2);
    return { started: settled };
  });
  const outcomes = await started;
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'PortInUse' } });
  const winner = servers[outcomes.findIndex(({ status }) => status === 'fulfilled')];
  expect((await api.ports.show(ctx, port.id)).deviceId).toBe(winner);
});
