import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** A process that belongs to the demo's cloud. */
export interface LeftProcess {
  readonly pid: number;
  readonly name: string;
}

/** What a cloud starts; anything else that merely looks at the state directory (a shell, an editor) belongs to the user. */
const OF_A_CLOUD = /^(postgres|libvirtd|qemu-|dnsmasq|tini|node)/;

/** The processes that belong to the cloud of a state directory, by Linux's /proc; none where there is no /proc. */
export async function processesOf(stateDir: string): Promise<readonly LeftProcess[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const found = await Promise.all(pids.map((pid) => ofCloud(pid, stateDir)));
  return found.filter((one) => one !== undefined);
}

async function ofCloud(pid: number, stateDir: string): Promise<LeftProcess | undefined> {
  if (pid === process.pid) return undefined;
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  // A zombie has neither command line nor environment, and cannot be killed.
  const commandLine = await read('cmdline');
  const name = basename(commandLine.split('\0')[0] ?? '');
  if (!OF_A_CLOUD.test(name)) return undefined;
  const isTold = `\0${await read('environ')}`.includes(`\0NOVA_STATE_DIR=${stateDir}\0`);
  const isAbout = isTold || commandLine.includes(stateDir) || isInside(await readlink(`/proc/${pid}/cwd`).catch(() => ''), stateDir);
  return isAbout ? { pid, name: name.split(' ')[0] ?? name } : undefined;
}

const isInside = (path: string, directory: string): boolean => path === directory || path.startsWith(`${directory}/`);
