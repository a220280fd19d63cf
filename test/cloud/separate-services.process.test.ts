import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { leftovers } from '../support/books.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { databaseIn, type DebianPostgres, debianPostgres, debianPostgresBin } from '../support/debian-postgres.ts';
import { type Rabbitmq, rabbitmqMissing, startRabbitmq } from '../support/rabbitmq.ts';
import { verifyCloud } from '../support/verify-cloud.ts';

const bin = await debianPostgresBin();
const missing = rabbitmqMissing() ?? (bin === undefined ? 'postgresql is not installed' : undefined);

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(
  `on RabbitMQ and PostgreSQL${missing ? ` (${missing})` : ''}`,
  () => {
    let rabbitmq: Rabbitmq;
    let postgres: DebianPostgres;
    beforeAll(async () => {
      postgres = await debianPostgres(bin ?? '');
      [rabbitmq] = await Promise.all([startRabbitmq(), postgres.start()]);
    });
    afterAll(() => Promise.all([rabbitmq?.stop(), postgres?.remove()]));

    test.each([
      { name: 'one process', database: 'one', services: ['all'] },
      { name: 'a process for each service', database: 'several', services: ['api', 'conductor', 'scheduler', 'network', 'compute'] },
    ])(
      'a server boots, stops, starts and is deleted in $name; a dead service is missed only until it is back; all stop cleanly',
      async ({ database, services }) => {
        const env = {
          NOVA_TRANSPORT_URL: rabbitmq.url,
          NOVA_DATABASE_URL: await databaseIn(postgres.url, database),
          NOVA_FAKE_HOSTS: '2',
          NOVA_FAKE_FAULTS: '{"spawn":{"delayMs":1000}}',
          // A broker knows hosts by name, so two clouds need different names.
          NOVA_HOST: database,
        };
        const cloud = await startCloud({ services, env });
        try {
          await liveOnce(cloud);
          for (const service of services.filter((name) => name !== 'all' && name !== 'api')) await bootWhileItDies(cloud, service);
          expect(await leftovers(cloud)).toEqual([]);
          expect(await verifyCloud(cloud, { env })).toMatchObject({ status: 0, breaches: [], silent: [], notChecked: [] });
          await cloud.stop();
        } finally {
          await cloud.destroy();
        }
      },
    );
  },
);

async function liveOnce(cloud: Cloud): Promise<void> {
  const demo = await cloud.demo();
  const id = await demo.boot({ name: 'far' });
  expect(await demo.settled(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:power_state': 1 });
  const act = (body: object) => demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, body);
  expect(await act({ 'os-stop': null })).toMatchObject({ status: 202 });
  expect(await demo.settled(id)).toMatchObject({ status: 'SHUTOFF' });
  expect(await act({ 'os-start': null })).toMatchObject({ status: 202 });
  expect(await demo.settled(id)).toMatchObject({ status: 'ACTIVE' });
  await demo.remove(id);
}

/** One service dies during a boot and is restarted: the server becomes ACTIVE, or says why not. */
async function bootWhileItDies(cloud: Cloud, service: string): Promise<void> {
  const demo = await cloud.demo();
  const id = await demo.boot({ name: `without-${service}` });
  await systemClock.sleep(400);
  await cloud.kill9(service);
  await cloud.start();
  const { status, fault } = await demo.settled(id);
  if (status !== 'ACTIVE') expect([service, status, fault?.message]).toEqual([service, 'ERROR', expect.stringMatching(/\w+/)]);
  await demo.remove(id);
}
