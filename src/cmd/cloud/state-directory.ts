import { access, constants, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, startMark } from '../../db/embedded/process-table.ts';
import { errorType, messageOf } from '../../lib/errors/error-type.ts';
import { proveSpace, spaceOf } from './disk-space.ts';
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

/** What a program writes about itself to a file while it uses the directory. */
interface User {
  readonly service: string;
  readonly host: string;
  readonly pid: number;
  /** Distinguishes the process from a later one with the same id. */
  readonly mark?: string;
}

/** Creates the directory and records that this program uses it; fails while another program there does the same work for the same host. */
export async function takeStateDirectory({ stateDir, service, host, life }: Runtime, space = spaceOf): Promise<void> {
  const { pid } = process;
  const notes = inState({ stateDir }, 'running');
  const note = join(notes, `${pid}.json`);
  try {
    await mkdir(notes, { recursive: true });
    await access(stateDir, constants.W_OK);
    await proveSpace(stateDir, space);
    await writeNote(note, { service, host, pid });
  } catch (cause) {
    throw StateDirectoryUnusable({ directory: stateDir, because: messageOf(cause) }, { cause });
  }
  // Writes before it reads, so that of two that start at the same moment at least one sees the other.
  const rival = (await livingUsers(notes)).find((other) => other.pid !== pid && other.host === host && doSameWork(other.service, service));
  if (rival) {
    await rm(note, { force: true });
    throw StateDirectoryTaken({ directory: stateDir, service: rival.service, pid: rival.pid });
  }
  life.hold('the state directory', note, (file) => rm(file, { force: true }));
}

const doSameWork = (one: string, other: string): boolean => one === other || one === 'all' || other === 'all';

async function writeNote(file: string, user: User): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify({ ...user, mark: await startMark(user.pid) }));
  await rename(`${file}.new`, file);
}

/** The running programs that use the directory; files of dead ones are removed. */
async function livingUsers(notes: string): Promise<readonly User[]> {
  const files = (await readdir(notes)).filter((name) => name.endsWith('.json')).map((name) => join(notes, name));
  const users = await Promise.all(files.map(livingUser));
  return users.filter((user) => user !== undefined);
}

async function livingUser(file: string): Promise<User | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const user: User = JSON.parse(text);
  if (isAlive(user.pid) && user.mark === (await startMark(user.pid))) return user;
  await rm(file, { force: true });
  return undefined;
}
