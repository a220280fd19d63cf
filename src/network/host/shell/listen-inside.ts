/**
 * Obtains a TCP server whose socket lives inside a network namespace while this process accepts its connections.
 * A process cannot change the namespace of one of its threads from JavaScript, but a socket keeps the namespace it was made in.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Server, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../lib/clock/clock.ts';
import { errorType } from '../../../lib/errors/error-type.ts';
import { enter } from './host-shell.ts';

export const ListenFailed = errorType(
  'ListenFailed',
  'unavailable',
  (p: { port: number; why: string }) => `A host cannot listen on port ${p.port}: ${p.why}.`,
);

const CHILD = fileURLToPath(new URL('./listening-child.ts', import.meta.url));
const TIMEOUT_MS = 20_000;

/** A child of a process that was killed holds its socket until it notices. */
const ATTEMPTS = 5;
const BETWEEN_ATTEMPTS_MS = 300;

/** A listening server in the namespace (null: here). Attach to its `connection` event; closing it frees the port. */
export const listenInside = (netns: string | null, address: string, port: number): Promise<Server> =>
  netns === null ? listenHere(address, port) : listenThere(netns, address, port);

async function listenHere(address: string, port: number): Promise<Server> {
  const server = createServer();
  server.listen({ host: address, port });
  await once(server, 'listening').catch((cause: Error) => {
    throw ListenFailed({ port, why: cause.message }, { cause });
  });
  return server;
}

async function listenThere(netns: string, address: string, port: number): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    const { server, said } = await fromChild(netns, address, port);
    if (server) return server;
    if (attempt === ATTEMPTS) throw ListenFailed({ port, why: `in the namespace ${netns}, ${said}` });
    await systemClock.sleep(BETWEEN_ATTEMPTS_MS);
  }
}

/** What a child came back with: the socket, or what it said instead. */
interface Outcome {
  readonly server?: Server;
  readonly said: string;
}

/** A short-lived child listens inside, hands the socket over the IPC channel and ends. */
async function fromChild(netns: string, address: string, port: number): Promise<Outcome> {
  const [file, ...prefix] = await enter(netns, process.execPath);
  const child = spawn(file, [...prefix, CHILD, address, String(port)], {
    // Its standard input tells it when this process has died.
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
    // Ctrl-C at the terminal is for us alone.
    detached: true,
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = `${stderr}${text}`.slice(-2000);
  });
  return await new Promise((resolve, reject) => {
    let server: Server | undefined;
    child.on('message', (_message, handle) => {
      server = isServer(handle) ? handle : undefined;
      // Only now may the child exit: earlier, the socket would be closed in transit.
      child.disconnect();
    });
    child.on('error', reject);
    // A child that died early is told of by its end.
    child.stdin?.on('error', () => {});
    child.on('exit', () => {
      if (server) resolve({ server, said: '' });
    });
    // Once a handle has been received, Node never emits `close`; without one it does, after all of stderr.
    child.on('close', (code, signal) => {
      if (!server) resolve({ said: stderr.trim() || `a child ended without a socket (${signal ?? `status ${code}`})` });
    });
  });
}

const isServer = (handle: unknown): handle is Server => typeof handle === 'object' && handle !== null && 'listen' in handle;
