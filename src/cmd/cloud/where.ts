import { join } from 'node:path';
import type { Endpoints } from './ready-file.ts';

/** Where everything of a program is. */
export interface Whereabouts {
  readonly endpoints: Endpoints;
  readonly stateDir: string;
  readonly logFile?: string | undefined;
}

/** A line for each API, the state directory, the log, and what to do next where this program serves the APIs. */
export function whereLines({ endpoints, stateDir, logFile }: Whereabouts): readonly string[] {
  const rows = Object.entries({
    ...endpoints,
    state: stateDir,
    ...(logFile === undefined ? {} : { log: logFile }),
    ...(endpoints['compute'] === undefined ? {} : { next: `. ${join(stateDir, 'openrc')}; ${FIRST_COMMAND}` }),
  });
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, place]) => `${name.padEnd(width)}  ${place}`);
}

const FIRST_COMMAND = 'openstack server create --image tiny --flavor m1.nano --network private --wait first';
