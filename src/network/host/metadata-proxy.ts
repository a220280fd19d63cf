/**
 * Listens at 169.254.169.254 on a host and forwards guests' requests to the metadata service, adding which server asks.
 * The source address tells which: the host's filters make it trustworthy. Identity headers from the guest are dropped.
 */
import { createHmac } from 'node:crypto';
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, createServer, request } from 'node:http';
import type { Server as NetServer, Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Log } from '../../lib/log/log.ts';
import { HEALTH } from '../../lib/http/health.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { passedOn, withoutHopByHop } from './metadata-headers.ts';

/** Whose request it is. */
export interface MetadataAsker {
  readonly serverId: string;
  readonly projectId: string;
}

export interface MetadataProxyOptions {
  /** Finds who holds an address on this host; undefined means nobody, and the answer is 404. */
  readonly lookup: (remoteAddress: string) => MetadataAsker | undefined;
  /** The metadata service: `http://host:port` or `unix:/path`. */
  readonly target: string;
  /** Shared with the metadata service; signs the server's id. */
  readonly secret: string;
  readonly log: Log;
}

/** The only thing a guest writes is its password, of about 1 kB. */
const MAX_REQUEST_BYTES = 64 * 1024;
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;
const UPSTREAM_TIMEOUT_MS = 30_000;
/** A guest needs only a few; more would starve the others. */
const MAX_CONNECTIONS_PER_GUEST = 16;

export class MetadataProxy {
  readonly #options: MetadataProxyOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #http = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (incoming, outgoing) => {
    void this.#answer(incoming, outgoing);
  });
  readonly #connections = new Map<string, number>();

  constructor(options: MetadataProxyOptions) {
    this.#options = options;
  }

  /** Serves the connections that arrive at a listening socket, wherever that lives. */
  attach(listener: NetServer): void {
    listener.on('connection', (socket) => {
      if (this.#admit(socket)) this.#http.emit('connection', socket);
      else socket.destroy();
    });
  }

  /** Closes all connections; the sockets given to `attach` stay with their owner. */
  close(): void {
    this.#http.closeAllConnections();
    this.#agent.destroy();
  }

  #admit(socket: Socket): boolean {
    const address = plainAddress(socket.remoteAddress);
    const open = this.#connections.get(address) ?? 0;
    if (open >= MAX_CONNECTIONS_PER_GUEST) return false;
    this.#connections.set(address, open + 1);
    socket.once('close', () => {
      const left = (this.#connections.get(address) ?? 1) - 1;
      if (left > 0) this.#connections.set(address, left);
      else this.#connections.delete(address);
    });
    return true;
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const address = plainAddress(incoming.socket.remoteAddress);
    const asker = this.#options.lookup(address);
    const path = pathOf(incoming.url ?? '/');
    if (!asker || path === undefined || isForOperators(path)) return refuse(outgoing, 404, 'Not Found');
    try {
      const body = await readBody(incoming);
      if (!body) return refuse(outgoing, 413, 'Content Too Large');
      const answer = await this.#ask({ method: incoming.method, path }, body, {
        ...passedOn(incoming.headers),
        ...this.#proof(asker, address),
      });
      outgoing.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
      await pipeline(answer, limited(MAX_RESPONSE_BYTES), outgoing);
    } catch (error) {
      this.#options.log.warn({ err: error, serverId: asker.serverId }, 'metadata request not answered');
      if (outgoing.headersSent) outgoing.destroy();
      else refuse(outgoing, messageOf(error) === TIMED_OUT ? 504 : 503, 'The metadata service is not available');
    }
  }

  #proof({ serverId, projectId }: MetadataAsker, address: string): OutgoingHttpHeaders {
    return {
      'X-Instance-ID': serverId,
      'X-Tenant-ID': projectId,
      'X-Instance-ID-Signature': createHmac('sha256', this.#options.secret).update(serverId).digest('hex'),
      'X-Forwarded-For': address,
    };
  }

  #ask({ method = 'GET', path }: Asked, body: Buffer, headers: OutgoingHttpHeaders): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const asked = request({
      ...addressOf(this.#options.target),
      agent: this.#agent,
      method,
      path,
      headers: body.length > 0 ? { ...headers, 'Content-Length': body.length } : headers,
      timeout: UPSTREAM_TIMEOUT_MS,
    });
    asked.on('response', resolve);
    asked.on('timeout', () => asked.destroy(new Error(TIMED_OUT)));
    asked.on('error', reject);
    asked.end(body);
    return promise;
  }
}

/** What a guest asks. */
interface Asked {
  readonly method: string | undefined;
  readonly path: string;
}

/** Path and query of a request's target, which may be a whole URL; undefined for any other target. */
function pathOf(target: string): string | undefined {
  if (target.startsWith('/')) return target;
  const url = URL.parse(target);
  return url && /^https?:$/.test(url.protocol) ? `${url.pathname}${url.search}` : undefined;
}

/** Guests must not see the health of services, however they write its path. */
const isForOperators = (path: string): boolean =>
  fullyDecoded(path.split(/[?#]/)[0] ?? '')
    .split(/[\s/\\]+/)
    .some((segment) => segment.toLowerCase() === HEALTH.slice(1));

/** More rounds of decoding than a server would do. */
const MAX_DECODINGS = 5;

/** A path without percent-encoding, even if it was encoded several times. */
function fullyDecoded(path: string): string {
  let decoded = path;
  for (let round = 0; round < MAX_DECODINGS; round++)
    decoded = decoded.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return decoded;
}

const TIMED_OUT = 'the metadata service did not answer in time';

/** Sockets that serve both families show IPv4 addresses wrapped in IPv6. */
const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '');

const addressOf = (target: string): { socketPath: string } | { host: string; port: string } => {
  if (target.startsWith('unix:')) return { socketPath: target.slice('unix:'.length) };
  const { hostname, port } = new URL(target);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port || '80' };
};

function refuse(outgoing: ServerResponse, status: number, text: string): void {
  outgoing.writeHead(status, { 'Content-Type': 'text/plain', Connection: 'close' }).end(text);
}

/** The whole body; undefined when it is too large. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming) {
    size += part.length;
    if (size > MAX_REQUEST_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Passes bytes on; throws after too many. */
const limited = (maxBytes: number) =>
  async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let size = 0;
    for await (const part of source) {
      size += part.length;
      if (size > maxBytes) throw new Error(`the metadata service answered more than ${maxBytes} bytes`);
      yield part;
    }
  };
