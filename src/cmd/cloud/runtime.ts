import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../lib/clock/clock.ts';
import { type Ids, systemIds } from '../../lib/clock/ids.ts';
import { Lifetime } from '../../lib/clock/lifetime.ts';
import { createLog, type Log } from '../../lib/log/log.ts';
import { asId, type HostName } from '../../objects/ids.ts';
import { loadNovaConfig, type NovaConfig } from '../nova-config.ts';

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

/** Reads the configuration and starts logging. */
export function openRuntime(service: string, configFiles: readonly string[]): Runtime {
  const machine = { isRoot: process.getuid?.() === 0, hostname: hostname() };
  const config = loadNovaConfig({ machine, env: process.env, configFiles });
  const log = createLog({ service, level: config.DEFAULT.debug ? 'debug' : levelOf(service) });
  const stateDir = config.DEFAULT.state_path;
  return {
    service,
    config,
    stateDir,
    host: asId<HostName>(config.DEFAULT.host),
    log,
    clock: systemClock,
    ids: systemIds,
    life: new Lifetime(log),
  };
}

/** Users of `manage` want its answer, not log lines about the database. */
const levelOf = (service: string) => (service === 'manage' ? 'warn' : 'info');

/** A directory or file below the state directory. */
export const inState = (runtime: Pick<Runtime, 'stateDir'>, ...names: string[]): string => join(runtime.stateDir, ...names);
