// Who uses a state directory: each program writes a note about itself into `running/`. A dead program's note counts for nothing.
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, startMark } from '../../db/embedded/process-table.ts';
import { inState, type Runtime } from './runtime.ts';

/** What a program writes about itself while it uses the directory. */
export interface RunningProgram {
  readonly service: string;
  readonly host: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly logFile?: string | undefined;
  /** Distinguishes the process from a later one with the same id. */
  readonly mark?: string | undefined;
}

const notesIn = (stateDir: string): string => inState({ stateDir }, 'running');

export const noteOf = (stateDir: string, pid: number): string => join(notesIn(stateDir), `${pid}.json`);

/** Whether two services do the same work, so that one host needs only one of them. */
export const doSameWork = (one: string, other: string): boolean => one === other || one === 'all' || other === 'all';

/** Writes atomically: others read at any moment. */
export async function writeNote(stateDir: string, program: RunningProgram): Promise<void> {
  const file = noteOf(stateDir, program.pid);
  await writeFile(`${file}.new`, JSON.stringify({ ...program, mark: await startMark(program.pid) }));
  await rename(`${file}.new`, file);
}

/** Whether the process that wrote a note still runs. */
export const isRunning = async ({ pid, mark }: RunningProgram): Promise<boolean> => isAlive(pid) && mark === (await startMark(pid));

/** The running programs that use a state directory; notes of dead ones are removed. */
export async function programsIn(stateDir: string): Promise<readonly RunningProgram[]> {
  const names = await readdir(notesIn(stateDir)).catch((): string[] => []);
  const notes = names.filter((name) => name.endsWith('.json')).map((name) => join(notesIn(stateDir), name));
  const programs = await Promise.all(notes.map(livingProgram));
  return programs.filter((program) => program !== undefined);
}

async function livingProgram(note: string): Promise<RunningProgram | undefined> {
  const text = await readFile(note, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const program: RunningProgram = JSON.parse(text);
  if (await isRunning(program)) return program;
  // Fails where the state directory belongs to another user.
  await rm(note, { force: true }).catch(() => {});
  return undefined;
}

/** The running program that does the work of `service` for a host, other than this process. */
export async function rivalOf({
  stateDir,
  service,
  host,
}: Pick<Runtime, 'stateDir' | 'service' | 'host'>): Promise<RunningProgram | undefined> {
  const programs = await programsIn(stateDir);
  return programs.find((other) => other.pid !== process.pid && other.host === host && doSameWork(other.service, service));
}
