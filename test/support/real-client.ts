/** Runs the distribution's unmodified OpenStack clients with a cloud's openrc files. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from './cloud.ts';

const PACKAGES = { openstack: 'python3-openstackclient', nova: 'python3-novaclient' } as const;
const COMMAND_TIMEOUT_MS = 90_000;
const MANY_COMMANDS = join(import.meta.dirname, '..', 'conformance', 'many_commands.py');

/** A command's output and exit status. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Names the client's package if it is not installed. */
export const clientMissing = (client: keyof typeof PACKAGES): string | undefined =>
  existsSync(`/usr/bin/${client}`) ? undefined : `${PACKAGES[client]} is not installed`;

/** A user at a shell: `run` resolves however the command ends, `out` requires success, `json` adds `-f json` and parses the output. */
export interface ClientShell {
  run(...args: string[]): Promise<Said>;
  out(...args: string[]): Promise<string>;
  // Tests look into answers of every shape; a wrong path fails the expectation.
  // oxlint-disable-next-line typescript/no-explicit-any
  json(...args: string[]): Promise<any>;
}

/** A shell with the openrc file's settings, and none of the tester's own. */
export function clientShell(cloud: Cloud, client: keyof typeof PACKAGES, openrc: 'openrc' | 'openrc-demo'): ClientShell {
  const env = { PATH: '/usr/bin:/bin', HOME: cloud.stateDir, LANG: 'C.UTF-8' };
  const script = ['-c', '. "$0" && exec "$@"', join(cloud.stateDir, openrc), `/usr/bin/${client}`];
  const run = (...args: string[]) =>
    new Promise<Said>((resolve) => {
      const child = execFile('/bin/sh', [...script, ...args], { env, timeout: COMMAND_TIMEOUT_MS }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
      });
      // Some commands read standard input to its end if it is not a terminal.
      child.stdin?.end();
    });
  const out = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args);
    if (code !== 0) throw new Error(`${client} ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  };
  return { run, out, json: async (...args) => JSON.parse(await out(...args, '-f', 'json')) };
}

/** Runs command lines of the openstack and nova clients at a version, one after the other in one process, until one fails. */
export async function manyCommands(
  cloud: Cloud,
  { openrc, version }: { readonly openrc: 'openrc' | 'openrc-demo'; readonly version: string },
  lines: readonly string[],
) {
  const script = ['-c', '. "$0" && exec /usr/bin/python3 "$@"', join(cloud.stateDir, openrc), MANY_COMMANDS];
  const stdout = await new Promise<string>((resolve, reject) => {
    const env = { PATH: '/usr/bin:/bin', HOME: cloud.stateDir, LANG: 'C.UTF-8', OS_COMPUTE_API_VERSION: version };
    const child = execFile('/bin/sh', script, { env, timeout: lines.length * COMMAND_TIMEOUT_MS, maxBuffer: 2 ** 24 }, (error, out) =>
      error ? reject(error) : resolve(out),
    );
    child.stdin?.end(JSON.stringify(lines.map((line) => line.split(' '))));
  });
  const said: Said[] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return said.map((one, n) => ({ line: lines[n], ...one }));
}
