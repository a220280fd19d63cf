/** Runs the distribution's unmodified OpenStack clients with a cloud's openrc files. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Cloud } from './cloud.ts';

const PACKAGES = { openstack: 'python3-openstackclient', nova: 'python3-novaclient', cinder: 'python3-cinderclient' } as const;
/** How often a command is repeated until its output has a word. */
const LOOKS = 300;
const WARM_CLIENTS = join(import.meta.dirname, '..', 'conformance', 'warm_clients.py');

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
  const run = (...args: string[]) => clients.run({ client, args });
  const out = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args);
    if (code !== 0) throw new Error(`${client} ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  };
  return { run, out, json: async (...args) => JSON.parse(await out(...args, '-f', 'json')) };
}

/** The user's clients, loaded once: each command is forked from them. */
interface WarmClients {
  /** Commands run one after the other. */
  run(command: { readonly client: string; readonly args: readonly string[] }): Promise<Said>;
  end(): void;
}

/** They end with this process at the latest. */
function warmClients(cloud: Cloud, openrc: string, more: NodeJS.ProcessEnv = {}): WarmClients {
  const script = ['-c', '. "$0" && exec /usr/bin/python3 "$@"', join(cloud.stateDir, openrc), WARM_CLIENTS];
  const env = { PATH: '/usr/bin:/bin', HOME: cloud.stateDir, LANG: 'C.UTF-8', ...more };
  const child = spawn('/bin/sh', script, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  child.unref();
  let last: Promise<unknown> = Promise.resolve();
  const run: WarmClients['run'] = (command) => {
    const said = last.then(async (): Promise<Said> => {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error('the clients ended');
      return JSON.parse(value);
    });
    last = said.catch(() => {});
    return said;
  };
  return { run, end: () => void child.stdin.end() };
}

/**
 * Runs command lines of the openstack and nova clients at a version, one after the other, until one fails. One that begins with `until WORD`
 * is repeated until its output has the word.
 */
export async function manyCommands(
  cloud: Cloud,
  { openrc, version }: { readonly openrc: 'openrc' | 'openrc-demo'; readonly version: string },
  lines: readonly string[],
) {
  const clients = warmClients(cloud, openrc, { OS_COMPUTE_API_VERSION: version });
  const said: (Said & { readonly line: string })[] = [];
  for (const line of lines) {
    const { word, words } = parsed(line);
    const [client = '', ...args] = words;
    const last = await saidInTheEnd(() => clients.run({ client, args }), word);
    said.push({ line, ...last });
    if (last.code !== 0) break;
  }
  clients.end();
  return said;
}

const parsed = (line: string): { readonly word: string; readonly words: readonly string[] } => {
  const words = line.split(' ');
  return words[0] === 'until' ? { word: words[1] ?? '', words: words.slice(2) } : { word: '', words };
};

async function saidInTheEnd(ask: () => Promise<Said>, word: string): Promise<Said> {
  for (let looks = 1; ; looks += 1) {
    const said = await ask();
    if (said.code !== 0 || said.stdout.includes(word)) return said;
    if (looks === LOOKS) return { ...said, code: 1, stderr: `${word} did not come` };
  }
}
