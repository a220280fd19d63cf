/** Stopping with work in progress: in order and in time, and the work ends correctly after the next start. */
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { leftovers } from '../support/books.ts';
import { type Cloud, type CloudOptions, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { databaseIn, type DebianPostgres, debianPostgres, debianPostgresBin } from '../support/debian-postgres.ts';
import { type Rabbitmq, rabbitmqMissing, startRabbitmq } from '../support/rabbitmq.ts';
import { until } from '../support/until.ts';
import { verifyCloud } from '../support/verify-cloud.ts';

/** Every boot takes longer than a program's stop. */
const slow = JSON.stringify({ spawn: { delayMs: 4_000 }, reboot: { delayMs: 4_000 } });
const BOUND_MS = 90_000;
/** How soon released work is taken over; a dead conductor's work would wait for twice as long (`service_down_time`). */
const RELEASED_MS = 30_000;

let cloud: Cloud | undefined;
let rabbitmq: Rabbitmq | undefined;
let postgres: DebianPostgres | undefined;
afterEach(async () => {
  await cloud?.destroy();
  await Promise.all([rabbitmq?.stop(), postgres?.remove()]);
});

/** Programs that exited because they could not stop in time. */
const lateIn = (running: Cloud) =>
  running
    .logs()
    .split('\n')
    .filter((line) => line.includes('did not stop in time'));

/** Boots at every point of their progress, with a reboot and a delete. */
async function busy(demo: CloudClient, servers: readonly string[]): Promise<string[]> {
  const [rebooted, deleted] = servers;
  const booting: string[] = [];
  for (let n = 0; n < 6; n += 1) booting.push(await demo.boot({ name: `begun-${n}` }));
  await demo.ask('compute', 'POST', `/v2.1/servers/${rebooted}/action`, { reboot: { type: 'SOFT' } });
  await demo.ask('compute', 'DELETE', `/v2.1/servers/${deleted}`);
  return booting;
}

/** Two servers to work on. */
async function twoServers(demo: CloudClient): Promise<string[]> {
  const ids = await Promise.all([demo.boot({ name: 'a' }), demo.boot({ name: 'b' })]);
  for (const id of ids) expect(await demo.settled(id, BOUND_MS)).toMatchObject({ status: 'ACTIVE' });
  return ids;
}

async function endsWell(running: Cloud, demo: CloudClient, servers: readonly string[], env: CloudOptions['env'] = {}): Promise<void> {
  for (const id of servers) expect(await demo.settled(id, BOUND_MS)).toMatchObject({ status: 'ACTIVE' });
  const isSound = async () => (await verifyCloud(running, { env })).status === 0;
  await until(isSound, { what: 'the books are sound', timeoutMs: BOUND_MS });
  const { body } = await demo.ask('compute', 'GET', '/v2.1/servers');
  await Promise.all(body.servers.map(({ id }: { id: string }) => demo.remove(id, BOUND_MS)));
  expect(await leftovers(running)).toEqual([]);
}

test.each([{ afterMs: 0 }, { afterMs: 700 }])(
  'a cloud in one process stops with boots, a reboot and a delete in progress, $afterMs ms after the last of them',
  { timeout: 400_000 },
  async ({ afterMs }) => {
    cloud = await startCloud({ env: { NOVA_FAKE_HOSTS: '2', NOVA_FAKE_FAULTS: slow } });
    const demo = await cloud.demo();
    const [kept = '', deleted = ''] = await twoServers(demo);
    const booting = await busy(demo, [kept, deleted]);
    await systemClock.sleep(afterMs);
    await cloud.stop();
    expect(lateIn(cloud)).toEqual([]);
    await cloud.start();
    await endsWell(cloud, demo, [kept, ...booting]);
  },
);

/** One of several conductors. */
const conductor = (n: number) => ({ name: `conductor-${n}`, service: 'conductor', env: { NOVA_HOST: `conductor-${n}` } });

const bin = await debianPostgresBin();
const missing = rabbitmqMissing() ?? (bin === undefined ? 'postgresql is not installed' : undefined);

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(
  `on RabbitMQ and PostgreSQL${missing ? ` (${missing})` : ''}`,
  () => {
    test('each service stops with work in progress; a conductor releases its work at once, and all of it succeeds after a restart', {
      timeout: 600_000,
    }, async () => {
      postgres = await debianPostgres(bin ?? '');
      [rabbitmq] = await Promise.all([startRabbitmq(), postgres.start()]);
      const env = {
        NOVA_TRANSPORT_URL: rabbitmq.url,
        NOVA_DATABASE_URL: await databaseIn(postgres.url, 'stopping'),
        NOVA_FAKE_HOSTS: '2',
        NOVA_FAKE_FAULTS: slow,
      };
      const services = ['api', conductor(1), conductor(2), 'scheduler', 'network', 'compute'];
      cloud = await startCloud({ services, env });
      const demo = await cloud.demo();
      const servers = await twoServers(demo);
      const booting = await busy(demo, servers);
      await cloud.stop('conductor-1');
      for (const id of booting) expect(await demo.settled(id, RELEASED_MS)).toMatchObject({ status: 'ACTIVE' });
      const more = await Promise.all([demo.boot({ name: 'late-1' }), demo.boot({ name: 'late-2' })]);
      await cloud.stop();
      expect(lateIn(cloud)).toEqual([]);
      await cloud.start();
      await endsWell(cloud, demo, [servers[0] ?? '', ...booting, ...more], env);
    });
  },
);
