/** A whole cloud for one test file: `bin/nova-ts` processes with their own state directory and ports, all removed at the end. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takePortOffset } from '../../demo/free-ports.ts';
import { defaultPorts, type PortName } from '../../src/cmd/nova-config.ts';
import { urlOf as embeddedUrlOf } from '../../src/db/embedded/ping.ts';
import { readLockFile } from '../../src/db/embedded/lock-file.ts';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { removeUplink } from '../../src/network/host/drivers/flat-dhcp/index.ts';
import { hostLayout } from '../../src/virt/libvirt/private-host/layout.ts';
import { startPrivateHost } from '../../src/virt/libvirt/private-host/private-host.ts';
import { type CloudClient, credentialsIn, logIn } from './cloud-client.ts';
import { type ServiceProcess, startService } from './service-process.ts';

/** One process of a cloud, where there are several of a kind. */
export interface CloudProcess {
  /** What the test calls it: `conductor-2`. */
  readonly name: string;
  readonly service: string;
  /** Its own settings: `NOVA_HOST`, or a `NOVA_PORT_OFFSET` from `takePortOffset` for a second `api`. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a test may choose of its cloud. */
export interface CloudOptions {
  /** One process each; `all` is everything in one. */
  readonly services?: readonly (string | CloudProcess)[];
  readonly env?: Readonly<Record<string, string>>;
  /** A configuration file for all of them. */
  readonly config?: string;
  /** An existing directory, kept at the end; by default a temporary one. */
  readonly stateDir?: string;
}

/** A running cloud. */
export interface Cloud {
  readonly stateDir: string;
  /** The root of a service's API, `http://127.0.0.1:...`. */
  url(service: PortName): string;
  /** A user of the cloud, logged in: its admin, or the user `demo` of the project `demo`. */
  admin(): Promise<CloudClient>;
  demo(): Promise<CloudClient>;
  /** The URL of its database, for `pg`. */
  databaseUrl(): Promise<string>;
  /** Kills one process, by name, or all of them (SIGKILL). */
  kill9(name?: string): Promise<void>;
  /** Stops (SIGTERM) all running processes, then starts all. */
  restart(): Promise<void>;
  /** Starts the processes that are not running, and waits until they are ready. */
  start(): Promise<void>;
  /** Stops one process, by name, or all, and checks that each exits with status 0 in time; the state stays. */
  stop(name?: string): Promise<void>;
  /** Processes that the test started and has not ended; one that is not running ended by itself. */
  processes(): readonly ServiceProcess[];
  /** The output of all processes, including earlier ones. */
  logs(): string;
  /** Ends all processes and removes all state: for `afterAll`, whatever happened before. */
  destroy(): Promise<void>;
}

/** Starts a cloud, by default on the fake driver; resolves when every service is ready. */
export async function startCloud({ services = ['all'], env = {}, config, stateDir: given }: CloudOptions = {}): Promise<Cloud> {
  const stateDir = given ?? (await newStateDir());
  const offset = await takePortOffset('127.0.0.1', systemIds);
  const environment = {
    ...withoutNova(process.env),
    NOVA_STATE_DIR: stateDir,
    NOVA_PORT_OFFSET: String(offset),
    NOVA_VIRT_DRIVER: 'fake',
    ...(config !== undefined && { NOVA_CONFIG: await configFile(stateDir, config) }),
    ...env,
  };
  const running = new Map<string, ServiceProcess>();
  const past: ServiceProcess[] = [];
  const url = (service: PortName) => `http://127.0.0.1:${defaultPorts[service] + offset}`;

  const start = async () => {
    for (const one of services) {
      const { name, service, env: own } = typeof one === 'string' ? { name: one, service: one, env: {} } : one;
      if (!running.has(name)) running.set(name, startService(service, { ...environment, ...own }, name));
    }
    await Promise.all([...running.values()].map(({ ready }) => ready));
  };
  const called = (name?: string) => [...running.values()].filter((process) => name === undefined || process.name === name);
  const kill9 = async (name?: string) => {
    const doomed = called(name);
    for (const process of doomed) retire(process);
    await Promise.all(doomed.map((process) => process.kill9()));
  };
  const retire = (process: ServiceProcess) => {
    running.delete(process.name);
    past.push(process);
  };
  const stop = async (name?: string) => {
    const processes = called(name);
    for (const process of processes) retire(process);
    await Promise.all(processes.map((process) => process.stop()));
  };
  const clients = new Map<string, Promise<CloudClient>>();
  const client = (file: 'openrc' | 'openrc-demo') => {
    const known = clients.get(file) ?? credentialsIn(stateDir, file).then((who) => logIn(url, who));
    clients.set(file, known);
    return known;
  };
  const cloud: Cloud = {
    stateDir,
    url,
    admin: () => client('openrc'),
    demo: () => client('openrc-demo'),
    databaseUrl: async () => env['NOVA_DATABASE_URL'] ?? embeddedUrl(stateDir),
    kill9,
    start,
    stop,
    restart: async () => {
      await stop();
      await start();
    },
    processes: () => [...running.values()],
    logs: () => [...past, ...running.values()].flatMap(({ name, lines }) => lines.map((line) => `${name}: ${line}`)).join('\n'),
    destroy: async () => {
      await kill9();
      await destroyHosts(stateDir);
      if (given === undefined) await removeState(stateDir);
    },
  };
  try {
    await start();
  } catch (error) {
    await cloud.destroy();
    throw error;
  }
  return cloud;
}

async function configFile(stateDir: string, config: string): Promise<string> {
  const file = join(stateDir, 'test.conf');
  await writeFile(file, config);
  return file;
}

/** An empty state directory. */
export const newStateDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'nova-cloud-'));

/** The tester's own settings must not leak into a cloud under test. */
const withoutNova = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('NOVA_') && !name.startsWith('OS_')));

async function embeddedUrl(stateDir: string): Promise<string> {
  const home = join(stateDir, 'postgres');
  for (const data of await readdir(home)) {
    const socketDirectory = (await readLockFile(join(home, data)))?.socketDirectory;
    if (socketDirectory !== undefined) return embeddedUrlOf(socketDirectory);
  }
  throw new Error(`There is no running PostgreSQL in ${home}.`);
}

/** Private hypervisors and their guests outlive the cloud by design, so each must be ended. */
async function destroyHosts(stateDir: string): Promise<void> {
  const hosts = join(stateDir, 'hosts');
  for (const entry of await readdir(hosts, { withFileTypes: true }).catch(() => [])) {
    if (!entry.isDirectory()) continue;
    const directory = join(hosts, entry.name);
    const netns = hostLayout({ name: entry.name, directory }).netns;
    if (!(await readdir('/run/netns').catch((): string[] => [])).includes(netns)) continue;
    const host = await startPrivateHost({ name: entry.name, directory, clock: systemClock, log: silentLog });
    await host.stop({ guests: 'destroy' });
    await removeUplink(netns);
  }
}

/** Removes a state directory. The PostgreSQL of a killed program stops by itself within moments, and writes until then. */
export const removeState = (stateDir: string) => rm(stateDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
