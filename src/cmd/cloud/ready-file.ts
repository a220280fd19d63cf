// The file by which others find a ready program; it exists only while the program is ready.
import { rename, writeFile } from 'node:fs/promises';
import { inState, type Runtime } from './runtime.ts';

/** The URL of each API of a program, by service. */
export type Endpoints = Readonly<Record<string, string>>;

/** The file of a program; its name includes the host, because programs of one kind may share a state directory. */
export const readyFileOf = ({ stateDir, service, host }: Pick<Runtime, 'stateDir' | 'service' | 'host'>): string =>
  inState({ stateDir }, service === 'all' ? 'ready.json' : `ready-${service}-${host}.json`);

/** Writes atomically, because a waiting program may read at any moment. */
export async function writeReadyFile(file: string, endpoints: Endpoints): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify({ pid: process.pid, endpoints }, null, 2)}\n`);
  await rename(`${file}.new`, file);
}
