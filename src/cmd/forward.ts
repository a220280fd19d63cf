import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { codeOf } from '../lib/errors/outage.ts';
import { CannotStart } from './cannot-start.ts';
import { readStateDir } from './cloud/runtime.ts';
import { openSession } from './guest-access/cloud-session.ts';
import { findServer } from './guest-access/find-server.ts';
import { wayInto } from './guest-access/way-into.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = { 'config-file': { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } } as const;

const LOCALHOST = '127.0.0.1';
const CHILD = fileURLToPath(new URL('./guest-access/forwarding-child.ts', import.meta.url));

/** `nova-ts forward SERVER PORT [LOCAL]`: a port of a guest, on this machine, wherever the guest's network is. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (values.help) return void process.stdout.write(HELP);
  const [wanted, port = '', local = port, ...more] = positionals;
  if (wanted === undefined || port === '' || more.length > 0) {
    throw UsageError({ because: 'name a server and a port of it: nova-ts forward SERVER PORT [LOCAL]' });
  }
  const [guestPort, localPort] = [portIn(port, 1), portIn(local, 0)];
  const stateDir = readStateDir({ configFiles: values['config-file'] ?? [] });
  const server = await findServer(await openSession(stateDir), wanted);
  const way = await wayInto(stateDir, server, process.getuid?.() === 0);
  const listener = await listen(localPort, `nova-ts forward ${wanted} ${guestPort} ${OTHER_PORT}`);
  const here = listener.address();
  const child = await handOver(listener, [...way, process.execPath, CHILD, server.address, String(guestPort)]);
  console.log(
    `${LOCALHOST}:${typeof here === 'object' ? here?.port : here} leads to port ${guestPort} of ${wanted} (${server.address}); Ctrl-C ends it`,
  );
  await untilStopped(child);
}

/** A port that is probably free, for advice. */
const OTHER_PORT = 8022;
const LAST_PORT = 65_535;

function portIn(text: string, first: number): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : LAST_PORT + 1;
  if (port < first || port > LAST_PORT) throw UsageError({ because: `"${text}" is not a port (${first} to ${LAST_PORT})` });
  return port;
}

async function listen(port: number, instead: string): Promise<Server> {
  const server = createServer().listen({ host: LOCALHOST, port });
  await once(server, 'listening').catch((error: unknown) => {
    throw CannotStart({ because: `port ${port} of this machine cannot be had (${codeOf(error)}): name another one, as in "${instead}"` });
  });
  return server;
}

/** The child accepts the connections: in the guest's network it can reach the guest, and the socket stays in ours. */
async function handOver(listener: Server, [file = '', ...args]: readonly string[]): Promise<ChildProcess> {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  child.send('serve', listener);
  const ended = once(child, 'exit').then(([status]) => {
    throw CannotStart({ because: `the network of the guest cannot be entered (${file} ended with status ${status})` });
  });
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {});
  listener.close();
  return child;
}

/** Ends with SIGINT or SIGTERM, and with the child. */
async function untilStopped(child: ChildProcess): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill('SIGTERM'));
  await once(child, 'exit');
}

const HELP = `nova-ts forward SERVER PORT [LOCAL]
Makes a TCP port of a guest reachable at ${LOCALHOST}, port LOCAL (by default PORT; 0 is any free one), until Ctrl-C.
SERVER is a name or an id. A security group must allow the port. It needs root, but for guests on a network that the machine itself is in.
  --config-file FILE    read the state directory's path from a file
`;
