import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../support/cloud.ts';

const run = promisify(execFile);
const SDK = '/usr/lib/python3/dist-packages/openstack/__init__.py';
const missing = existsSync(SDK) ? undefined : 'python3-openstacksdk is not installed';

/** An Ed25519 public key without a private key. */
const PUBLIC_KEY = `ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, 7)]).toString('base64')} sdk`;

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(`a program on openstacksdk${missing ? ` (${missing})` : ''}`, () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterAll(() => cloud?.destroy());

  test.each(['2.1', '2.60', '2.96'])('takes a server through its life at %s', { timeout: 180_000 }, async (microversion) => {
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: cloud.stateDir,
      LANG: 'C.UTF-8',
      OS_CLIENT_CONFIG_FILE: join(cloud.stateDir, 'clouds.yaml'),
    };
    const script = join(import.meta.dirname, 'sdk_session.py');
    const { stdout } = await run('/usr/bin/python3', [script, microversion, PUBLIC_KEY], { env, timeout: 150_000 });
    const seen = JSON.parse(stdout);
    const name = `sdk-${microversion.replace('.', '-')}`;
    expect(seen).toMatchObject({
      found: ['m1.nano', 'tiny', 'private'],
      server: { status: 'ACTIVE', key: name, metadata: { made: 'by sdk' }, networks: ['private'] },
      listed: [name],
      paged: 1,
      ports: [true],
      renamed: 'renamed',
      console: true,
      limits: 1,
      backed: ['ACTIVE', [true]],
      left: [],
      gone: 404,
      hypervisors: 1,
      projects: ['admin', 'demo'],
      zones: ['nova'],
    });
    expect(seen.metadata).toMatchObject({ made: 'by sdk', more: 'words' });
    expect(seen.services).toEqual(expect.arrayContaining(['nova-compute', 'nova-conductor', 'nova-scheduler']));
  });

  test('makes a server that is reached from outside, and what its network needs', { timeout: 180_000 }, async () => {
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: cloud.stateDir,
      LANG: 'C.UTF-8',
      OS_CLIENT_CONFIG_FILE: join(cloud.stateDir, 'clouds.yaml'),
    };
    const script = join(import.meta.dirname, 'sdk_networks.py');
    const { stdout } = await run('/usr/bin/python3', [script], { env, timeout: 150_000 });
    expect(JSON.parse(stdout)).toEqual({
      public: true,
      floating: [true, true],
      subnet: '10.83.0.0/27',
      slaac: true,
      forwarded: [2222, 22],
      shared: { before: false, lent: true, after: false },
      used: true,
      left: [],
    });
  });
});
