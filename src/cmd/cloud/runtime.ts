import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { type Clock, systemClock } from '../../lib/clock/clock.ts';
import { type Ids, systemIds } from '../../lib/clock/ids.ts';
import { Lifetime } from '../../lib/clock/lifetime.ts';
import { createLog, type Log } from '../../lib/log/log.ts';
import { asId, type HostName } from '../../objects/ids.ts';
import { loadNovaConfig, type NovaConfig, stateDirOf, strangeNovaVariables } from '../nova-config.ts';

/** What every program of the cloud uses. */
export interface Runtime {
  readonly service: string;
  readonly config: NovaConfig;
  readonly stateDir: string;
  readonly host: HostName;
  readonly log: Log;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Everything that the program must release when it ends. */
  readonly life: Lifetime;
}

/** What a command line says about the configuration. */
export interface Given {
  readonly configFiles: readonly string[];
  /** `log_file` of the configuration. */
  readonly logFile?: string | undefined;
}

/** The configuration of a program, and what it says about its place. */
export type Settings = Pick<Runtime, 'service' | 'config' | 'stateDir' | 'host'>;

/** Reads the configuration. */
export function readSettings(service: string, given: Given): Settings {
  const config = loadNovaConfig(inputOf(given));
  return { service, config, stateDir: config.DEFAULT.state_path, host: asId<HostName>(config.DEFAULT.host) };
}

/** The state directory that the configuration names, although the rest of it may be broken. */
export const readStateDir = (given: Given): string => stateDirOf(inputOf(given));

const inputOf = ({ configFiles, logFile }: Given) => ({
  machine: { isRoot: process.getuid?.() === 0, hostname: hostname() },
  env: process.env,
  configFiles,
  flags: logFile === undefined ? {} : { log_file: resolve(logFile) },
});

/** Reads the configuration and starts logging. */
export function openRuntime(service: string, given: Given): Runtime {
  const settings = readSettings(service, given);
  const { debug, log_file: path, max_logfile_size_mb } = settings.config.DEFAULT;
  const file = path === undefined ? undefined : { path, maxBytes: max_logfile_size_mb * BYTES_PER_MB };
  const log = createLog({ service, level: debug ? 'debug' : levelOf(service), file });
  const strange = strangeNovaVariables(inputOf(given));
  if (strange.length > 0) log.warn({ variables: strange }, 'variables of the environment that nova-ts does not know, and ignores');
  return { ...settings, log, clock: systemClock, ids: systemIds, life: new Lifetime(log) };
}

const BYTES_PER_MB = 1024 ** 2;

/** Users of `manage` want its answer, not log lines about the database. */
const levelOf = (service: string) => (service === 'manage' ? 'warn' : 'info');

/** A directory or file below the state directory. */
export const inState = (runtime: Pick<Runtime, 'stateDir'>, ...names: string[]): string => join(runtime.stateDir, ...names);
