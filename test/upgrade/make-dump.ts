/**
 * Dumps a database of this revision, for upgrade tests of later ones: a cloud on simulated hosts with servers in several states
 * and their resources. Needs pg_dump of the distribution's PostgreSQL.
 *
 *     node_modules/.bin/node test/upgrade/make-dump.ts test/upgrade/<last migration>.sql
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { databaseIn, debianPostgres, debianPostgresBin } from '../support/debian-postgres.ts';

/** Secrets, and rows that are useless after a restore. */
const EMPTY = ['cloud_secrets', 'token_keys', 'login_failures', 'request_hops', 'idempotency_keys'];

const [, , file] = process.argv;
const bin = await debianPostgresBin();
if (file === undefined || bin === undefined)
  throw new Error('Say where to write the dump, on a machine with PostgreSQL of its distribution.');
const postgres = await debianPostgres(bin);
try {
  await postgres.start();
  const url = await databaseIn(postgres.url, 'upgrade');
  const cloud = await startCloud({ env: { NOVA_DATABASE_URL: url, NOVA_HOST: 'compute', NOVA_FAKE_HOSTS: '3' } });
  try {
    await fill(cloud);
    await cloud.stop();
  } finally {
    await cloud.destroy();
  }
  await writeFile(file, await dump(join(bin, 'pg_dump'), url));
} finally {
  await postgres.remove();
}

async function fill(cloud: Cloud): Promise<void> {
  const [admin, demo] = [await cloud.admin(), await cloud.demo()];
  const user = { name: 'upgraded', password: systemIds.hex(16), default_project_id: demo.projectId };
  await insist(admin, 'identity', '/v3/users', { user });
  await insist(demo, 'image', '/v2/images', { name: 'without data', disk_format: 'raw', container_format: 'bare' });
  await insist(demo, 'compute', '/v2.1/os-keypairs', { keypair: { name: 'key' } });
  const group = await insist(demo, 'network', '/v2.0/security-groups', { security_group: { name: 'web' } });
  const rule = {
    security_group_id: group.security_group.id,
    direction: 'ingress',
    protocol: 'tcp',
    port_range_min: 80,
    port_range_max: 80,
  };
  await insist(demo, 'network', '/v2.0/security-group-rules', { security_group_rule: rule });
  const odd = { name: 'odd', id: 'odd', ram: 96, vcpus: 2, disk: 1, 'OS-FLV-EXT-DATA:ephemeral': 2, swap: 1_500 };
  await insist(admin, 'compute', '/v2.1/flavors', { flavor: odd });
  await insist(admin, 'compute', '/v2.1/flavors', { flavor: { name: 'huge', id: 'huge', ram: 64, vcpus: 1, disk: 1_000_000 } });
  await bootAll(admin, demo);
}

/** One server for each state, named after it. */
async function bootAll(admin: CloudClient, demo: CloudClient): Promise<void> {
  const boot = async (name: string, more: object = {}): Promise<string> => {
    const id = await demo.boot({ name, ...more });
    await demo.settled(id);
    return id;
  };
  const act = async (id: string, action: object, by = demo) => {
    await insist(by, 'compute', `/v2.1/servers/${id}/action`, action);
    await demo.settled(id);
  };
  await boot('active', { security_groups: [{ name: 'web' }], key_name: 'key', metadata: { of: 'upgrade' } });
  await act(await boot('stopped', { flavorRef: 'odd' }), { 'os-stop': null });
  await act(await boot('paused'), { pause: null });
  await boot('nowhere', { flavorRef: 'huge' });
  await act(await boot('broken'), { 'os-resetState': { state: 'error' } }, admin);
  await demo.remove(await boot('deleted'));
}

async function insist(client: CloudClient, service: Parameters<CloudClient['ask']>[0], path: string, body: object) {
  const answer = await client.ask(service, 'POST', path, body);
  if (answer.status >= 300) throw new Error(`POST ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** As INSERT statements, which any client can run, without comments and psql commands. */
async function dump(pgDump: string, url: string): Promise<string> {
  const empty = EMPTY.map((table) => `--exclude-table-data=${table}`);
  const { stdout } = await promisify(execFile)(pgDump, ['--inserts', '--no-owner', '--no-privileges', ...empty, url], {
    maxBuffer: 2 ** 24,
  });
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('--') && !line.startsWith('\\'));
  return `${lines.join('\n')}\n`;
}
