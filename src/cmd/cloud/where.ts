import type { Endpoints } from './ready-file.ts';

/** Where everything of a program is. */
export interface Whereabouts {
  readonly endpoints: Endpoints;
  readonly stateDir: string;
  readonly logFile?: string | undefined;
}

/** A line for each API, the state directory and the log. */
export function whereLines({ endpoints, stateDir, logFile }: Whereabouts): readonly string[] {
  const rows = Object.entries({ ...endpoints, state: stateDir, ...(logFile === undefined ? {} : { log: logFile }) });
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, place]) => `${name.padEnd(width)}  ${place}`);
}
