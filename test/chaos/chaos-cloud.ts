/** The cloud under chaos: a process for each service, its own RabbitMQ and PostgreSQL, and a proxy from each process to both. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { defaultPorts, type PortName } from '../../src/cmd/nova-config.ts';
import { privateHostRequirements } from '../../src/virt/libvirt/private-host/requirements.ts';
import { type Cloud, type CloudProcess, newStateDir, removeState, startCloud } from '../support/cloud.ts';
import { databaseIn, debianPostgres, debianPostgresBin } from '../support/debian-postgres.ts';
import { rabbitmqMissing, startRabbitmq } from '../support/rabbitmq.ts';
import { type CloudVerdict, verifyCloud } from '../support/verify-cloud.ts';
import type { Harm } from './harm.ts';
import { type Line, openLine } from './line.ts';
import { rosterOf, type Shape } from './roster.ts';

const run = promisify(execFile);

/** When a service counts as dead: short, so that takeovers happen within a test. */
export const DOWN_AFTER_MS = 10_000;
/** How often hosts compare their guests with the books. */
export const COMPARE_GUESTS_MS = 8_000;

/** Guests are slow and sometimes fail, so that faults hit work in progress. */
const faults = {
  spawn: { delayMs: 500, failureRate: 0.02 },
  destroy: { delayMs: 250 },
  powerOn: { delayMs: 200 },
  powerOff: { delayMs: 300 },
  reboot: { delayMs: 300 },
  pause: { delayMs: 150, failureRate: 0.01 },
  unpause: { delayMs: 150 },
  suspend: { delayMs: 300 },
  resume: { delayMs: 300 },
  unpack: { delayMs: 300, failureRate: 0.02 },
  prepareArrival: { delayMs: 200, failureRate: 0.02 },
  liveMigrate: { delayMs: 500, failureRate: 0.02 },
};

export interface ChaosCloud {
  readonly cloud: Cloud;
  readonly shape: Shape;
  readonly roster: readonly CloudProcess[];
  /** The URL of one of the APIs; any number selects one. */
  url(api: number, service: PortName): string;
  /** Injects a fault, and resolves when its victim is back and ready. */
  strike(harm: Harm): Promise<void>;
  verify(): Promise<CloudVerdict>;
  /** Stops everything; with `keep`, state and logs stay for inspection. */
  end(options: { keep: boolean }): Promise<void>;
}

/** What is missing on this machine, as a phrase; undefined when a cloud of that shape can be started. */
export async function missingFor({ guests }: Pick<Shape, 'guests'>): Promise<string | undefined> {
  if ((await debianPostgresBin()) === undefined) return 'postgresql is not installed';
  const broker = rabbitmqMissing();
  if (broker !== undefined || guests === 'fake') return broker;
  const requirements = await privateHostRequirements();
  return requirements.ok ? undefined : requirements.missing;
}

/** Starts it; resolves when every process is ready. */
export async function startChaosCloud(shape: Shape): Promise<ChaosCloud> {
  const stateDir = await newStateDir();
  const bin = (await debianPostgresBin()) ?? '';
  const postgres = await debianPostgres(bin);
  const [rabbitmq] = await Promise.all([startRabbitmq(), postgres.start()]);
  const roster = await rosterOf(shape);
  const databaseUrl = await databaseIn(postgres.url, 'chaos');
  const linesFor = async () => ({ broker: await openLine(rabbitmq.url), database: await openLine(databaseUrl) });
  const lines = new Map(await Promise.all(roster.map(async ({ name }) => [name, await linesFor()] as const)));
  const env = {
    NOVA_CONFIG: await writeConfig(stateDir, shape),
    NOVA_DATABASE_URL: databaseUrl,
    NOVA_FAKE_FAULTS: JSON.stringify(faults),
    ...(shape.guests === 'real' ? { NOVA_VIRT_DRIVER: 'libvirt', NOVA_LIBVIRT_DAEMON: 'private' } : {}),
  };
  const linesOf = (name: string) => {
    const found = lines.get(name);
    if (!found) throw new Error(`there is no process ${name}`);
    return found;
  };
  const services = roster.map((one) => {
    const { broker, database } = linesOf(one.name);
    return { ...one, env: { ...one.env, NOVA_TRANSPORT_URL: broker.url, NOVA_DATABASE_URL: database.url } };
  });
  const engines = async () => {
    await Promise.all([...lines.values()].flatMap(({ broker, database }) => [broker.close(), database.close()]));
    await Promise.all([rabbitmq.stop(), postgres.remove()]);
  };
  const cloud = await startCloud({ services, env, stateDir }).catch(async (error: unknown) => {
    await engines();
    throw error;
  });
  const offsets = roster.filter(({ service }) => service === 'api').map((api) => api.env['NOVA_PORT_OFFSET']);
  const url: ChaosCloud['url'] = (api, service) => {
    const offset = offsets[api % offsets.length];
    return offset === undefined ? cloud.url(service) : `http://127.0.0.1:${defaultPorts[service] + Number(offset)}`;
  };

  const strike = async (harm: Harm): Promise<void> => {
    switch (harm.kind) {
      case 'kill':
        await cloud.kill9(harm.victim);
        await systemClock.sleep(harm.downMs);
        return await cloud.start();
      case 'kill broker':
        await rabbitmq.kill9();
        await systemClock.sleep(harm.downMs);
        return await rabbitmq.restart();
      case 'kill database':
        await postgres.kill9();
        await systemClock.sleep(harm.downMs);
        await postgres.start();
        return void (await databaseIn(postgres.url, 'chaos'));
      case 'freeze':
        return await freeze(harm.victim, harm.downMs);
      case 'delay messages':
        return await linesOf(harm.victim).broker.hold(harm.downMs);
      case 'drop messages':
        return await drop(linesOf(harm.victim).broker, harm.downMs);
      case 'drop queries':
        return await drop(linesOf(harm.victim).database, harm.downMs);
    }
  };
  const freeze = async (victim: string, ms: number): Promise<void> => {
    const { pid } = cloud.processes().find(({ name }) => name === victim) ?? {};
    if (pid === undefined) throw new Error(`${victim} does not run`);
    process.kill(pid, 'SIGSTOP');
    await systemClock.sleep(ms);
    process.kill(pid, 'SIGCONT');
  };
  return {
    cloud,
    shape,
    roster,
    url,
    strike,
    verify: () => verifyCloud(cloud, { env: { ...env, NOVA_TRANSPORT_URL: rabbitmq.url } }),
    end: async ({ keep }) => {
      if (keep) await keepEvidence(cloud, bin);
      await cloud.destroy();
      await engines();
      if (!keep) await removeState(stateDir);
    },
  };
}

async function drop(line: Line, afterMs: number): Promise<void> {
  await line.hold(afterMs);
  line.cut();
}

/** Writes the logs and a dump of the database next to the state. */
async function keepEvidence(cloud: Cloud, bin: string): Promise<void> {
  await writeFile(join(cloud.stateDir, 'chaos.log'), cloud.logs());
  await run(join(bin, 'pg_dump'), [await cloud.databaseUrl(), '-f', join(cloud.stateDir, 'database.sql')]).catch(() => {});
}

/** Detects missing services quickly, and has no quotas, which are not under test. */
async function writeConfig(stateDir: string, { guests }: Shape): Promise<string> {
  const file = join(stateDir, 'chaos.conf');
  const quota = ['instances', 'cores', 'ram', 'key_pairs'].map((name) => `${name} = -1`);
  const network = ['quota_port', 'quota_security_group', 'quota_security_group_rule'].map((name) => `${name} = -1`);
  const words = [
    '[DEFAULT]',
    'report_interval = 1',
    `service_down_time = ${DOWN_AFTER_MS / 1000}`,
    `sync_power_state_interval = ${COMPARE_GUESTS_MS / 1000}`,
    '[quota]',
    ...quota,
    // A resize asks for dedicated CPUs; on this machine's own CPUs the guests would starve it.
    ...(guests === 'fake'
      ? ['[fake]', 'topology = 2x8x2', '[compute]', 'cpu_shared_set = 0-7,16-23', 'cpu_dedicated_set = 8-15,24-31']
      : []),
    '[spice]',
    'enabled = true',
    '[quotas]',
    ...network,
    '',
  ];
  await mkdir(stateDir, { recursive: true });
  await writeFile(file, words.join('\n'));
  return file;
}
