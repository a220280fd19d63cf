/** A viewer of a console as a browser is one: a WebSocket at the address that the API gave. */
import { WebSocket } from 'ws';
import type { CloudClient } from './cloud-client.ts';
import { until } from './until.ts';

export interface ConsoleViewer {
  /** All that came. */
  readonly bytes: () => Buffer;
  send(data: string | Buffer): void;
  /** Waits until a text has come since the last wait. */
  reads(text: string, timeoutMs?: number): Promise<void>;
  /** The code and reason with which the session ended. */
  readonly ended: Promise<readonly [number, string]>;
  close(): void;
}

/** The address of a console of a server. */
export async function consoleUrl(client: CloudClient, server: string, protocol: string, type: string): Promise<string> {
  const body = { remote_console: { protocol, type } };
  const answer = await client.ask('compute', 'POST', `/v2.1/servers/${server}/remote-consoles`, body, {
    'openstack-api-version': 'compute 2.99',
  });
  if (answer.status !== 200) throw new Error(`no console: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body.remote_console.url;
}

/** Where the page at this address opens its WebSocket. */
export function socketUrl(address: string): string {
  const url = new URL(address);
  const path = url.searchParams.get('path') ?? url.search;
  return `${url.protocol.replace('http', 'ws')}//${url.host}/${path}`;
}

/** @param origin of the page; none, like other clients than browsers. @param secret by which the viewer is known again */
export function view(address: string, { origin, secret }: { origin?: string; secret?: string } = {}): ConsoleViewer {
  const socket = new WebSocket(
    `${socketUrl(address)}${secret === undefined ? '' : `&viewer=${secret}`}`,
    ['binary'],
    origin === undefined ? {} : { headers: { origin } },
  );
  const chunks: Buffer[] = [];
  let seen = 0;
  const { promise: ended, resolve } = Promise.withResolvers<readonly [number, string]>();
  socket.on('message', (data: Buffer) => chunks.push(data));
  socket.on('error', () => {});
  socket.once('close', (code, reason) => resolve([code, reason.toString()]));
  const bytes = () => Buffer.concat(chunks);
  return {
    bytes,
    send: (data) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(data);
      else socket.once('open', () => socket.send(data));
    },
    reads: async (text, timeoutMs = 10_000) => {
      const found = () => bytes().indexOf(text, seen);
      await until(async () => found() >= 0, { what: `the console shows "${text}"`, timeoutMs }).catch((error: unknown) => {
        throw new Error(`it showed ${JSON.stringify(bytes().toString('latin1').slice(-500))}`, { cause: error });
      });
      seen = found() + text.length;
    },
    ended,
    close: () => socket.close(),
  };
}
