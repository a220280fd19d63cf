/** A test's own RabbitMQ: Debian's server with its own directory and free loopback ports, ended with the test. */
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { takeEnginePort } from './engine-port.ts';
import { accepting, end, spawnOwned } from './engine-process.ts';

// The script below /usr/sbin insists on the system's directories and user; this one takes all of them from its environment.
const PROGRAMS = '/usr/lib/rabbitmq/bin';
const SERVER = `${PROGRAMS}/rabbitmq-server`;
const BOOT_TIMEOUT_MS = 90_000;

/** A running broker. `kill9` is like a power cut; `restart` uses the same data and port. */
export interface Rabbitmq {
  readonly url: string;
  /** The environment in which `rabbitmqctl` is about this broker. */
  readonly env: NodeJS.ProcessEnv;
  kill9(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** What is missing on this machine, as a phrase; undefined when a broker can be started. */
export const rabbitmqMissing = (): string | undefined => (existsSync(SERVER) ? undefined : 'rabbitmq-server is not installed');

/** Starts a broker; resolves when it accepts connections. */
export async function startRabbitmq(): Promise<Rabbitmq> {
  const home = await mkdtemp(join(tmpdir(), 'nova-rabbitmq-'));
  const [amqp, dist, epmdPort] = await Promise.all([takeEnginePort(), takeEnginePort(), takeEnginePort()]);
  const env = await prepare(home, { amqp, dist, epmd: epmdPort });
  // Our own name server for Erlang nodes: otherwise the broker would use another's, or start one that outlives it.
  const epmd = spawnOwned('epmd', ['-port', String(epmdPort), '-address', '127.0.0.1'], { env });
  await accepting(epmdPort, epmd, BOOT_TIMEOUT_MS);
  let broker = await boot(env, amqp);
  return {
    url: `amqp://guest:guest@127.0.0.1:${amqp}`,
    env: { ...env, PATH: `${PROGRAMS}:${env['PATH']}` },
    kill9: () => end(broker),
    restart: async () => {
      await end(broker);
      broker = await boot(env, amqp);
    },
    stop: async () => {
      await end(broker);
      await end(epmd);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function prepare(home: string, ports: { amqp: number; dist: number; epmd: number }): Promise<NodeJS.ProcessEnv> {
  const dir = (name: string) => join(home, name);
  await Promise.all(['mnesia', 'log', 'plugins', 'config', 'schema'].map((name) => mkdir(dir(name))));
  await writeFile(dir('enabled_plugins'), '[].\n');
  await writeFile(
    dir('rabbitmq.conf'),
    [
      `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
      'vm_memory_high_watermark.absolute = 200MB',
      'disk_free_limit.absolute = 50MB',
      'log.file.level = warning',
      'log.console = false',
      '',
    ].join('\n'),
  );
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: home, // also where the cookie goes
    // Makes the script become the Erlang machine, so that its pid is the broker's.
    detached: 'true',
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: dir('rabbitmq.conf'),
    RABBITMQ_NODENAME: `nova-${systemIds.hex(4)}@localhost`,
    RABBITMQ_DIST_PORT: String(ports.dist),
    RABBITMQ_MNESIA_BASE: dir('mnesia'),
    RABBITMQ_LOG_BASE: dir('log'),
    RABBITMQ_PLUGINS_EXPAND_DIR: dir('plugins'),
    RABBITMQ_GENERATED_CONFIG_DIR: dir('config'),
    RABBITMQ_SCHEMA_DIR: dir('schema'),
    RABBITMQ_ENABLED_PLUGINS_FILE: dir('enabled_plugins'),
    RABBITMQ_PID_FILE: dir('pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +A 4 -kernel inet_dist_use_interface {127,0,0,1}',
  };
}

async function boot(env: NodeJS.ProcessEnv, port: number): Promise<ChildProcess> {
  const broker = spawnOwned(SERVER, [], { env });
  await accepting(port, broker, BOOT_TIMEOUT_MS);
  return broker;
}
