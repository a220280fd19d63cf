// The file by which others find a program that can serve; it is there only while that is so.
import { rename, writeFile } from 'node:fs/promises';
import { inState, type Runtime } from './runtime.ts';

/** Where each API of a program is found, by service. */
export type Endpoints = Readonly<Record<string, string>>;

/** The file of a program: programs of one kind that share a state directory differ by their host. */
export const readyFileOf = ({ stateDir, service, host }: Pick<Runtime, 'stateDir' | 'service' | 'host'>): string =>
  inState({ stateDir }, service === 'all' ? 'ready.json' : `ready-${service}-${host}.json`);

/** Whole or not at all: who waits for it may read at any moment. */
export async function writeReadyFile(file: string, endpoints: Endpoints): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify({ pid: process.pid, endpoints }, null, 2)}\n`);
  await rename(`${file}.new`, file);
}
