/** A distributed cloud: several processes of each service on a real broker and a real PostgreSQL, all of the test's own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takePortOffset } from '../../demo/free-ports.ts';
import { defaultPorts } from '../../src/cmd/nova-config.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { type Cloud, type CloudProcess, startCloud } from './cloud.ts';
import { type CloudClient, credentialsIn, logIn } from './cloud-client.ts';
import { type DebianPostgres, debianPostgres, debianPostgresBin } from './debian-postgres.ts';
import { type Rabbitmq, rabbitmqMissing, startRabbitmq } from './rabbitmq.ts';

/** A running distributed cloud. */
export interface WideCloud {
  readonly cloud: Cloud;
  readonly rabbitmq: Rabbitmq;
  readonly postgres: DebianPostgres;
  /** The environment of every process, for `verifyCloud`. */
  readonly env: Readonly<Record<string, string>>;
  /** The user `demo` at each of the two APIs. */
  readonly demos: readonly [CloudClient, CloudClient];
  destroy(): Promise<void>;
}

/** Options of a test. */
export interface WideCloudOptions {
  /** Faults and delays of the simulated hosts. */
  readonly faults: object;
  /** Seconds after which a silent service counts as down; by default as for operators. */
  readonly downAfterS?: number;
}

const optionsFile = (downAfterS: number): string => `
[DEFAULT]
report_interval = 1
service_down_time = ${downAfterS}
[quota]
instances = -1
cores = -1
ram = -1
`;

/** What is missing on this machine, as a phrase; undefined when such a cloud can be started. */
export const wideCloudMissing = async (): Promise<string | undefined> =>
  rabbitmqMissing() ?? ((await debianPostgresBin()) === undefined ? 'postgresql is not installed' : undefined);

/** Starts broker and database, then every process at the same moment on an empty database. */
export async function startWideCloud({ faults, downAfterS = 60 }: WideCloudOptions): Promise<WideCloud> {
  const directory = await mkdtemp(join(tmpdir(), 'nova-wide-cloud-'));
  const config = join(directory, 'nova.conf');
  const [rabbitmq, postgres, secondOffset] = await Promise.all([
    startRabbitmq(),
    debianPostgres((await debianPostgresBin()) ?? ''),
    takePortOffset('127.0.0.1', systemIds),
    writeFile(config, optionsFile(downAfterS)),
  ]);
  const release = async () => {
    await Promise.all([rabbitmq.stop(), postgres.remove(), rm(directory, { recursive: true, force: true })]);
  };
  const env = {
    // The broker notices a hanging process within two heartbeats.
    NOVA_TRANSPORT_URL: `${rabbitmq.url}?heartbeat=2`,
    NOVA_DATABASE_URL: postgres.url,
    NOVA_CONFIG: config,
    NOVA_FAKE_FAULTS: JSON.stringify(faults),
  };
  try {
    await postgres.start();
    const cloud = await startCloud({ services: processes(secondOffset), env });
    const destroy = async () => {
      await cloud.destroy();
      await release();
    };
    const second: Cloud['url'] = (service) => `http://127.0.0.1:${defaultPorts[service] + secondOffset}`;
    const who = await credentialsIn(cloud.stateDir, 'openrc-demo');
    return { cloud, rabbitmq, postgres, env, demos: [await cloud.demo(), await logIn(second, who)], destroy };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The compute and network services of a host share its name; the network service of `east` is one program for two hosts. */
const processes = (secondOffset: number): readonly CloudProcess[] => [
  { name: 'api-1', service: 'api', env: { NOVA_HOST: 'control-1' } },
  { name: 'api-2', service: 'api', env: { NOVA_HOST: 'control-2', NOVA_PORT_OFFSET: String(secondOffset) } },
  ...[1, 2].flatMap((n) =>
    ['conductor', 'scheduler'].map((service) => ({ name: `${service}-${n}`, service, env: { NOVA_HOST: `control-${n}` } })),
  ),
  { name: 'network-east', service: 'network', env: { NOVA_HOST: 'east', NOVA_FAKE_HOSTS: '2' } },
  { name: 'network-west', service: 'network', env: { NOVA_HOST: 'west' } },
  ...['east-1', 'east-2', 'west'].map((host) => ({ name: `compute-${host}`, service: 'compute', env: { NOVA_HOST: host } })),
];
