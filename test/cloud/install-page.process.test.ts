/** The page of the installation, followed to the letter on servers of the distribution. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { page } from '../docs/book.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { type DebianPostgres, databaseIn, debianPostgres, debianPostgresBin } from '../support/debian-postgres.ts';
import { type Rabbitmq, rabbitmqMissing, startRabbitmq } from '../support/rabbitmq.ts';

const bin = await debianPostgresBin();
const missing =
  rabbitmqMissing() ?? (bin === undefined ? 'postgresql is not installed' : process.getuid?.() === 0 ? undefined : 'only root may do this');

/** The first block of commands or configuration below a heading of the page. */
function blockBelow(heading: string): string {
  const [, below = ''] = page('docs/operate/install.md').text.split(`### ${heading}\n`);
  const [, block] = /```\n([^]*?)```/.exec(below) ?? [];
  if (block === undefined) throw new Error(`the page has no block below "${heading}"`);
  return block;
}

const sh = (commands: string, env: NodeJS.ProcessEnv) => promisify(execFile)('sh', ['-ec', commands], { env, cwd: '/' });

// Fault 2026-11 C9.
describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(
  `the page of the installation${missing ? ` (${missing})` : ''}`,
  () => {
    let directory: string;
    let postgres: DebianPostgres | undefined;
    let rabbitmq: Rabbitmq | undefined;
    let cloud: Cloud | undefined;
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'nova-install-page-'));
      postgres = await debianPostgres(bin ?? '', { superuser: 'postgres', asksPasswords: true });
      [rabbitmq] = await Promise.all([startRabbitmq(), postgres.start()]);
      await databaseIn(postgres.url, 'postgres');
    }, 120_000);
    afterAll(async () => {
      await cloud?.destroy();
      await Promise.all([rabbitmq?.stop(), postgres?.remove(), rm(directory, { recursive: true, force: true })]);
    });

    test('has the commands that make the accounts, with which a cloud then works', async () => {
      if (!postgres || !rabbitmq) throw new Error('unreachable: both have started');
      const [database, broker] = [new URL(postgres.url), new URL(rabbitmq.url)];
      await sh(blockBelow('An account at RabbitMQ'), rabbitmq.env);
      const { PATH } = process.env;
      await sh(blockBelow('An account at PostgreSQL'), { PATH, PGHOST: database.hostname, PGPORT: database.port });

      const written = blockBelow('The services');
      const config = written
        .replace('broker.example:5672', broker.host)
        .replace('db.example:5432', database.host)
        .replace('192.0.2.10', '127.0.0.1');
      expect(config).toContain(`amqp://nova:secret@${broker.host}/nova`);
      expect(config).toContain(`postgres://nova:secret@${database.host}/nova`);
      const file = join(directory, 'nova.conf');
      await writeFile(file, config);
      cloud = await startCloud({ env: { NOVA_CONFIG: file } });
      const demo = await cloud.demo();
      expect(await demo.settled(await demo.boot({ name: 'first' }))).toMatchObject({ status: 'ACTIVE' });
    }, 180_000);
  },
);
