import { existsSync } from 'node:fs';
import { access, constants, mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorType, messageOf } from '../../lib/errors/error-type.ts';
import { proveSpace, spaceOf } from './disk-space.ts';
import { codeOf } from '../../lib/errors/outage.ts';
import { noteOf, rivalOf, writeNote } from './running-programs.ts';
import { inState, type Runtime } from './runtime.ts';

// The state directory of a program: created at its first start, and used by one program of a kind at a time.

const StateDirectoryUnusable = errorType(
  'StateDirectoryUnusable',
  'invalid',
  (p: { directory: string; because: string }) =>
    `the state directory ${p.directory} cannot be used (${p.because}); NOVA_STATE_DIR names another`,
);

const StateDirectoryTaken = errorType(
  'StateDirectoryTaken',
  'conflict',
  (p: { directory: string; service: string; pid: number }) =>
    `${p.service} (process ${p.pid}) uses the state directory ${p.directory}: stop it first, or set another NOVA_STATE_DIR for this one`,
);

/** Creates the directory; fails where it cannot be used. */
export const makeStateDirectory = (stateDir: string, space = spaceOf): Promise<void> =>
  usable(stateDir, async () => {
    await makeDirectory(inState({ stateDir }, 'running'));
    await access(stateDir, constants.W_OK);
    await proveSpace(stateDir, space);
  });

/** Creates a directory and those above it. Node's recursive `mkdir` says ENOENT on a read-only file system, and never ends below /proc. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (codeOf(error) !== 'ENOENT' || existsSync(dirname(path))) throw error;
    await makeDirectory(dirname(path));
    await makeDirectory(path);
  }
}

/**
 * Creates the directory and records that this program uses it; fails while another program there does the same work for the same host.
 * @returns when the program started, as it is recorded
 */
export async function takeStateDirectory(runtime: Runtime, space = spaceOf): Promise<string> {
  const { stateDir, service, host, life, clock, config } = runtime;
  const startedAt = clock.now();
  const program = { service, host, pid: process.pid, startedAt: startedAt.toISOString(), logFile: config.DEFAULT.log_file };
  await makeStateDirectory(stateDir, space);
  for (let attempt = 1; ; attempt++) {
    // Writes before it reads, so that of two that start at the same moment at least one sees the other.
    await usable(stateDir, () => writeNote(stateDir, program));
    const rival = await rivalOf(runtime);
    if (!rival) break;
    await rm(noteOf(stateDir, program.pid), { force: true });
    const startsToo = Math.abs(Date.parse(rival.startedAt) - startedAt.getTime()) < SAME_MOMENT_MS;
    if (!startsToo || attempt === MAX_ATTEMPTS) throw StateDirectoryTaken({ directory: stateDir, service: rival.service, pid: rival.pid });
    // If both saw each other, both gave way: the one that returns first has it.
    await clock.sleep(Math.random() * LONGEST_PAUSE_MS);
  }
  life.hold('the state directory', noteOf(stateDir, program.pid), (file) => rm(file, { force: true }));
  return program.startedAt;
}

/** Programs that started within this time may be taking the directory at the same moment. */
const SAME_MOMENT_MS = 2_000;
const MAX_ATTEMPTS = 5;
const LONGEST_PAUSE_MS = 200;

async function usable(directory: string, use: () => Promise<void>): Promise<void> {
  try {
    await use();
  } catch (cause) {
    throw StateDirectoryUnusable({ directory, because: messageOf(cause) }, { cause });
  }
}
