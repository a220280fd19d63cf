// The file by which others find a ready program; it exists only while the program is ready.
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { RunningProgram } from './running-programs.ts';
import { inState } from './runtime.ts';

/** The URL of each API of a program, by service. */
export type Endpoints = Readonly<Record<string, string>>;

/** The file of a program; its name includes the host, because programs of one kind may share a state directory. */
export const readyFileOf = ({ stateDir, service, host }: Place): string =>
  inState({ stateDir }, service === 'all' ? 'ready.json' : `ready-${service}-${host}.json`);

interface Place {
  readonly stateDir: string;
  readonly service: string;
  readonly host: string;
}

/** What the file says: the URL of each API, and which program wrote it. */
interface Ready {
  readonly pid: number;
  readonly startedAt: string;
  readonly endpoints: Endpoints;
}

/** Writes atomically, because a waiting program may read at any moment. */
export async function writeReadyFile(file: string, ready: Omit<Ready, 'pid'>): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify({ pid: process.pid, ...ready }, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

/** The endpoints of a running program once it is ready. A file that a killed program left is no other's, even under the same process id. */
export async function endpointsOf(stateDir: string, { service, host, pid, startedAt }: RunningProgram): Promise<Endpoints | undefined> {
  const text = await readFile(readyFileOf({ stateDir, service, host }), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const ready: Ready = JSON.parse(text);
  return ready.pid === pid && ready.startedAt === startedAt ? ready.endpoints : undefined;
}
