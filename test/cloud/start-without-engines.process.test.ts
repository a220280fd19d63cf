/** Starting before database and broker: the program logs it once, waits and continues; a refused login fails at once. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takePortOffset } from '../../demo/free-ports.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { type DebianPostgres, debianPostgres, debianPostgresBin } from '../support/debian-postgres.ts';
import { type Rabbitmq, rabbitmqMissing, startRabbitmq } from '../support/rabbitmq.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

const WAIT = { timeout: 60_000, interval: 50 };

const linesWith = ({ lines }: ServiceProcess, words: string) => lines.filter((line) => line.includes(words));

const bin = await debianPostgresBin();
const missing = rabbitmqMissing() ?? (bin === undefined ? 'postgresql is not installed' : undefined);

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(
  `without RabbitMQ and PostgreSQL${missing ? ` (${missing})` : ''}`,
  () => {
    let rabbitmq: Rabbitmq;
    let postgres: DebianPostgres;
    let stateDir: string;
    let service: ServiceProcess | undefined;
    beforeAll(async () => {
      [postgres, rabbitmq] = await Promise.all([debianPostgres(bin ?? ''), startRabbitmq()]);
      stateDir = await mkdtemp(join(tmpdir(), 'nova-start-'));
    });
    afterEach(() => service?.kill9());
    afterAll(async () => {
      await Promise.all([rabbitmq?.stop(), postgres?.remove()]);
      await rm(stateDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
    });

    async function start(name: string, urls: { database: string; broker: string }): Promise<ServiceProcess> {
      const { PATH, HOME } = process.env;
      const NOVA_PORT_OFFSET = String(await takePortOffset('127.0.0.1', systemIds));
      const env = { PATH, HOME, NOVA_STATE_DIR: stateDir, NOVA_PORT_OFFSET, NOVA_VIRT_DRIVER: 'fake' };
      service = startService(name, { ...env, NOVA_DATABASE_URL: urls.database, NOVA_TRANSPORT_URL: urls.broker });
      return service;
    }

    test('a cloud waits for its database, then for its broker, logs each once, and is ready when they are', {
      timeout: 200_000,
    }, async () => {
      await rabbitmq.kill9();
      const cloud = await start('all', { database: postgres.url, broker: rabbitmq.url });
      await expect.poll(() => linesWith(cloud, 'the database does not answer; waiting for it'), WAIT).toHaveLength(1);
      await postgres.start();
      await expect.poll(() => linesWith(cloud, 'waiting for the message broker'), WAIT).toHaveLength(1);
      await rabbitmq.restart();
      await cloud.ready;
      expect(linesWith(cloud, 'waiting for')).toHaveLength(2);
      await cloud.stop();
    });

    test('a login that the database or the broker refuses ends the start at once, with a message that names which', {
      timeout: 200_000,
    }, async () => {
      const good = { database: postgres.url, broker: rabbitmq.url };
      const stranger = await start('scheduler', { ...good, database: postgres.url.replace('nova@', 'stranger@') });
      await expect(stranger.ready).rejects.toThrow(/nova-ts scheduler: The database .* cannot be used: .*"stranger" does not exist/);
      const guesser = await start('scheduler', { ...good, broker: rabbitmq.url.replace('guest:guest', 'guest:wrong') });
      await expect(guesser.ready).rejects.toThrow(/nova-ts scheduler: .* refuses the user or the password in the transport URL/);
      for (const { lines } of [stranger, guesser]) expect(lines.join('\n')).not.toMatch(/waiting for/);
    });
  },
);
