/** Lets proxies in to the consoles of guests on this host: each key opens one console, once. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from 'node:tls';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { TLS } from '../../lib/handover/file-offer.ts';
import type { Log } from '../../lib/log/log.ts';
import type { ConsoleDoor } from '../../objects/console.ts';
import type { GuestConsole } from '../../virt/driver.ts';

/** How long a key is good for. */
const KEY_LIFETIME_MS = 60_000;
/** Keys kept at most; the oldest give way. */
const MAX_KEYS = 10_000;
/** How long whoever connects may take to show a key. */
const HELLO_WITHIN_MS = 10_000;
/** The longest request of a plain client. */
const MAX_HELLO_BYTES = 1_024;
/** The first byte of a TLS connection. */
const TLS_HANDSHAKE = 0x16;

interface Key {
  readonly key: Buffer;
  readonly console: GuestConsole;
  readonly madeMs: number;
}

export interface ConsoleDoorsOptions {
  /** Where it listens, and how proxies reach it. */
  readonly address: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/**
 * The doors of one process, which share a port. It listens from the first one on, on a port that the system picks. Our proxies come over TLS
 * with the key; others may send `CONNECT <path> HTTP/1.1`, as Nova's do, which the path alone opens.
 */
export class ConsoleDoors {
  readonly #options: ConsoleDoorsOptions;
  readonly #keys = new Map<string, Key>();
  readonly #consoleOf = new WeakMap<object, GuestConsole>();
  readonly #sockets = new Set<Socket>();
  readonly #tls: TlsServer;
  #server: Promise<Server> | undefined;

  constructor(options: ConsoleDoorsOptions) {
    this.#options = options;
    const pskCallback = (socket: TLSSocket, path: string) => {
      const taken = this.#take(path);
      if (!taken) return null;
      this.#consoleOf.set(socket, taken.console);
      return taken.key;
    };
    this.#tls = createTlsServer({ ...TLS, pskCallback, handshakeTimeout: HELLO_WITHIN_MS }, (socket) => {
      const console = this.#consoleOf.get(socket);
      if (console) void this.#connect(socket, console);
      else socket.destroy();
    });
    // Whoever has no key of ours, or went away.
    this.#tls.on('tlsClientError', (_, socket) => socket.destroy());
  }

  /** Makes a key to a console. */
  async open(console: GuestConsole): Promise<ConsoleDoor> {
    const { address, ids, clock } = this.#options;
    this.#server ??= this.#listen();
    const { port } = (await this.#server).address() as AddressInfo;
    this.#forgetOld();
    const [path, key] = [ids.uuid(), Buffer.from(ids.hex(32), 'hex')];
    this.#keys.set(path, { key, console, madeMs: clock.monotonicMs() });
    return { address, port, path, key: key.toString('hex') };
  }

  async close(): Promise<void> {
    const server = await this.#server?.catch(() => undefined);
    this.#keys.clear();
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #listen(): Promise<Server> {
    const server = createServer({ pauseOnConnect: true }, (socket) => this.#greet(socket));
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, this.#options.address, () => resolve(server));
    });
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(HELLO_WITHIN_MS, () => socket.destroy());
    socket.setNoDelay(true);
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.setTimeout(0);
      if (first[0] !== TLS_HANDSHAKE) return void this.#answerPlain(socket, first);
      socket.unshift(first);
      this.#tls.emit('connection', socket);
    });
    socket.resume();
  }

  /** The request of a plain client comes in one piece: it is short, and nothing follows before the answer. */
  async #answerPlain(socket: Socket, request: Buffer): Promise<void> {
    const [, path = ''] = /^CONNECT (\S+) HTTP\/1\.[01]\r?\n/.exec(request.subarray(0, MAX_HELLO_BYTES).toString('latin1')) ?? [];
    const taken = this.#take(path);
    if (!taken) return void socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    await this.#connect(socket, taken.console);
  }

  async #connect(socket: Duplex, console: GuestConsole): Promise<void> {
    try {
      const guest = await console.open();
      const end = (): void => void [socket.destroy(), guest.destroy()];
      pipeline(socket, guest, end);
      pipeline(guest, socket, end);
    } catch (error) {
      this.#options.log.warn({ error: messageOf(error) }, 'the console of a guest could not be opened');
      socket.destroy();
    }
  }

  #take(path: string): Key | undefined {
    const key = this.#keys.get(path);
    this.#keys.delete(path);
    return key && !this.#isOver(key) ? key : undefined;
  }

  #forgetOld(): void {
    for (const [path, key] of this.#keys) if (this.#isOver(key) || this.#keys.size >= MAX_KEYS) this.#keys.delete(path);
  }

  #isOver({ madeMs }: Key): boolean {
    return this.#options.clock.monotonicMs() - madeMs > KEY_LIFETIME_MS;
  }
}
