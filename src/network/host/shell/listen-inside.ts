/**
 * Obtains a TCP server whose socket lives inside a network namespace while this process accepts its connections.
 * A process cannot change the namespace of one of its threads from JavaScript, but a socket keeps the namespace it was made in.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Server, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { errorType } from '../../../lib/errors/error-type.ts';
import { enter } from './host-shell.ts';

export const ListenFailed = errorType(
  'ListenFailed',
  'unavailable',
  (p: { port: number; why: string }) => `A host cannot listen on port ${p.port}: ${p.why}.`,
);

const CHILD = fileURLToPath(new URL('./listening-child.ts', import.meta.url));
const TIMEOUT_MS = 20_000;

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

/** A short-lived child listens inside, hands the socket over the IPC channel and ends. */
async function listenThere(netns: string, address: string, port: number): Promise<Server> {
  const [file, ...prefix] = await enter(netns, process.execPath);
  const child = spawn(file, [...prefix, CHILD, address, String(port)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
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
    child.on('exit', () => {
      if (server) resolve(server);
    });
    // Once a handle has been received, Node never emits `close`; without one it does, after all of stderr.
    child.on('close', () => {
      if (!server) reject(ListenFailed({ port, why: 'the namespace or the address is not there' }, { cause: new Error(stderr.trim()) }));
    });
  });
}

const isServer = (handle: unknown): handle is Server => typeof handle === 'object' && handle !== null && 'listen' in handle;
