import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock/clock.ts';
import type { Answer } from '../support/ask.ts';
import { leftovers } from '../support/books.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import type { Engine } from '../support/engine-process.ts';
import { liveThrough } from '../support/insistent-client.ts';
import { type Rabbitmq, rabbitmqMissing, startRabbitmq } from '../support/rabbitmq.ts';
import { serviceGroupEnginesMissing, startMemcached, startZooKeeper } from '../support/service-group-engines.ts';
import { until } from '../support/until.ts';
import { verifyCloud } from '../support/verify-cloud.ts';

const missing = rabbitmqMissing() ?? serviceGroupEnginesMissing();
const CLIENTS = 4;
const SERVICES = ['api', 'conductor', 'scheduler', 'network', 'compute'];

interface State {
  readonly binary: string;
  readonly host: string;
  readonly state: 'up' | 'down';
  readonly reason: string | null;
}

const statesBy = async (admin: CloudClient): Promise<readonly State[]> => (await admin.ask('operator', 'GET', '/services')).body.services;

/** Everything that is told of services until the work ends. */
async function watchedDuring(admin: CloudClient, work: () => Promise<void>): Promise<readonly State[]> {
  const seen: State[] = [];
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      seen.push(...(await statesBy(admin)));
      await systemClock.sleep(200);
    }
  })();
  await work().finally(() => over.abort());
  await watching;
  return seen;
}

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true').each([
  { driver: 'mc', start: startMemcached, option: (address: string) => `memcached_servers = ${address}` },
  {
    driver: 'zk',
    start: startZooKeeper,
    option: (address: string) => `[zookeeper]\naddress = ${address}\nrecv_timeout = 1000\nsg_retry_interval = 1`,
  },
])(`a cloud whose services are present in $driver${missing ? ` (${missing})` : ''}`, ({ driver, start, option }) => {
  let rabbitmq: Rabbitmq;
  let database: TestDatabase;
  let engine: Engine;
  let cloud: Cloud;
  let admin: CloudClient;
  let demo: CloudClient;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    [rabbitmq, database, engine] = await Promise.all([startRabbitmq(), createTestDatabase(), start()]);
    env = { NOVA_TRANSPORT_URL: rabbitmq.url, NOVA_DATABASE_URL: database.url, NOVA_FAKE_HOSTS: '3', NOVA_HOST: `host-of-${driver}` };
    const common = `[DEFAULT]\nreport_interval = 1\nservice_down_time = 6\nservicegroup_driver = ${driver}\n`;
    cloud = await startCloud({ services: SERVICES, env, config: `${common}${option(engine.address)}\n` });
    [admin, demo] = await Promise.all([cloud.admin(), cloud.demo()]);
  });
  afterAll(async () => {
    await cloud?.destroy();
    await Promise.all([rabbitmq?.stop(), engine?.stop(), database?.drop()]);
  });

  const nothingUnknown = async () => (await statesBy(admin)).every(({ state, reason }) => state === 'up' && reason === null);

  test('the engine is killed, restarted and hangs under a load of boots: no live service counts as down, no boot is lost', async () => {
    await until(nothingUnknown, { what: 'all services are present', timeoutMs: 20_000 });
    const refusals: Answer[] = [];
    const over = new AbortController();
    const load = Promise.all(
      Array.from({ length: CLIENTS }, async (_, n) => {
        for (let life = 0; !over.signal.aborted; life += 1) await liveThrough(demo, `client-${n}-${life}`, refusals);
      }),
    );
    const seen = await watchedDuring(admin, async () => {
      await systemClock.sleep(1_000);
      await engine.kill9();
      await systemClock.sleep(2_000);
      await engine.start();
      await systemClock.sleep(2_000);
      engine.freeze();
      await systemClock.sleep(8_000);
      engine.thaw();
      await systemClock.sleep(2_000);
      over.abort();
      await load;
    });
    expect(seen.filter(({ state }) => state === 'down')).toEqual([]);
    expect(seen.map(({ reason }) => reason ?? '')).toContainEqual(expect.stringMatching(/^unknown: \w+ at .* has not answered for \d+ s/));
    expect(refusals.map(({ status }) => status)).toEqual([]);
    await until(nothingUnknown, { what: 'all services are present again', timeoutMs: 20_000 });
  });

  test('hosts that die count as down, and operators are told why; they are up as soon as they are back', async () => {
    const computes = async () => (await statesBy(admin)).filter(({ binary }) => binary === 'nova-compute');
    const are = (state: string) => async () => (await computes()).every((one) => one.state === state);
    await cloud.kill9('compute');
    await until(are('down'), { what: 'the hosts count as down', timeoutMs: 15_000 });
    expect(await computes()).toMatchObject(
      Array.from({ length: 3 }, () => ({ reason: expect.stringMatching(/^(not in \w+ at|no heartbeat)/) })),
    );
    const { body } = await admin.ask('compute', 'GET', '/v2.1/os-services?binary=nova-compute');
    expect(body.services.map(({ state }: { state: string }) => state)).toEqual(['down', 'down', 'down']);
    const program = new URL('../../bin/nova-ts', import.meta.url).pathname;
    const listed = spawnSync(program, ['manage', 'service', 'list', '--service', 'nova-compute'], {
      env: { ...process.env, ...env, NOVA_STATE_DIR: cloud.stateDir },
      encoding: 'utf8',
    });
    expect(listed.stdout).toContain('Reason');
    await cloud.start();
    await until(are('up'), { what: 'the hosts are up', timeoutMs: 10_000 });
    const id = await demo.boot({ name: 'after' });
    expect(await demo.settled(id)).toMatchObject({ status: 'ACTIVE' });
    await demo.remove(id);
    expect(await leftovers(cloud)).toEqual([]);
    expect(await verifyCloud(cloud, { env })).toMatchObject({ status: 0, breaches: [], silent: [], notChecked: [] });
  });
});
