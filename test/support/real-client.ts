/** Runs the distribution's unmodified OpenStack clients with a cloud's openrc files. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Cloud } from './cloud.ts';

const PACKAGES = { openstack: 'python3-openstackclient', nova: 'python3-novaclient' } as const;
const COMMAND_TIMEOUT_MS = 90_000;
const WARM_CLIENTS = join(import.meta.dirname, '..', 'conformance', 'warm_clients.py');
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
  const clients = warmClients(cloud, openrc);
  const run = (...args: string[]) => clients({ client, args });
  const out = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args);
    if (code !== 0) throw new Error(`${client} ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  };
  return { run, out, json: async (...args) => JSON.parse(await out(...args, '-f', 'json')) };
}

/** The user's clients, loaded once: each command is forked from them. Commands run one after the other. */
function warmClients(cloud: Cloud, openrc: string): (command: object) => Promise<Said> {
  const script = ['-c', '. "$0" && exec /usr/bin/python3 "$@"', join(cloud.stateDir, openrc), WARM_CLIENTS];
  const env = { PATH: '/usr/bin:/bin', HOME: cloud.stateDir, LANG: 'C.UTF-8' };
  const child = spawn('/bin/sh', script, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  // It ends with its standard input, so with the tests.
  child.unref();
  let last: Promise<unknown> = Promise.resolve();
  return (command) => {
    const said = last.then(async (): Promise<Said> => {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error('the clients ended');
      return JSON.parse(value);
    });
    last = said.catch(() => {});
    return said;
  };
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
