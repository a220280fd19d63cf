/** A proxy for consoles: serves a page, checks the token of its WebSocket, and connects it with the guest's host. */
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { serviceContext } from '../../lib/context/context.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { ConsoleType, OpenedConsole } from '../../objects/console.ts';
import { type ConsoleRpcApi, MAX_TOKEN_LENGTH } from '../rpcapi.ts';
import { bridge, endSession } from './bridge.ts';
import { type Ending, endings } from './endings.ts';
import { enterDoor } from './enter-door.ts';
import { originProblem } from './origin.ts';
import { answerPage, type Pages } from './pages.ts';
import { tokenOf } from './token-of.ts';

/** The longest message of a viewer. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** What the pages of noVNC and SPICE ask for; terminals ask for nothing. */
const SUBPROTOCOL = 'binary';

export interface ConsoleProxyOptions {
  readonly pages: Pages;
  /** The consoles that it shows; tokens of others are refused like unknown ones. */
  readonly type: ConsoleType;
  readonly consoles: Pick<ConsoleRpcApi, 'openConsole'>;
  /** Names of hosts whose pages may show consoles, beside its own. */
  readonly allowedOrigins: readonly string[];
  readonly maxSessions: number;
  readonly idleMs: number;
  /** Whether a session ends when its token expires. */
  readonly endsWithToken: boolean;
  /** Certificate and key in PEM; without them it listens for plain HTTP. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export class ConsoleProxy {
  readonly #options: ConsoleProxyOptions;
  readonly #server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });

  constructor(options: ConsoleProxyOptions) {
    this.#options = options;
    const { pages, allowedOrigins, tls, log } = options;
    const answer = (request: IncomingMessage, response: Parameters<typeof answerPage>[3]): void => {
      answerPage(pages, allowedOrigins, request, response).catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'a console page could not be served');
        response.destroy();
      });
    };
    this.#server = tls ? createTlsServer({ ...tls, minVersion: 'TLSv1.2' }, answer) : createServer(answer);
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#sockets.handleUpgrade(request, socket, head, (viewer) => void this.#serve(viewer, request)),
    );
  }

  /** @returns its port */
  listen(address: { readonly host: string; readonly port: number }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address, () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  /** The sessions that go on. */
  get sessions(): number {
    return this.#sockets.clients.size;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    const { code, reason } = endings.stopping;
    for (const viewer of this.#sockets.clients) viewer.close(code, reason);
    this.#server.closeAllConnections();
    for (const viewer of this.#sockets.clients) viewer.terminate();
    await closed;
  }

  async #serve(viewer: WebSocket, request: IncomingMessage): Promise<void> {
    const { maxSessions, log } = this.#options;
    viewer.on('error', () => viewer.terminate());
    // What the viewer sends before the console is open waits in its socket.
    viewer.pause();
    const refuse = (ending: Ending): void => endSession(viewer, ending);
    if (this.#sockets.clients.size > maxSessions) return refuse(endings.tooMany);
    try {
      const console = await this.#open(request);
      if (!console) return refuse(endings.badToken);
      if (this.#isForeign(request, console)) return refuse(endings.foreignPage);
      const guest = await enterDoor(console.door);
      if (viewer.readyState !== viewer.OPEN) return void guest.destroy();
      await this.#run(viewer, guest, console);
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'a console could not be opened');
      refuse(endings.unavailable);
    }
  }

  async #open({ url = '/', headers }: IncomingMessage): Promise<OpenedConsole | undefined> {
    const { consoles, ids, type } = this.#options;
    const token = tokenOf(url, headers.cookie);
    if (token === undefined || token.length > MAX_TOKEN_LENGTH) return undefined;
    const console = await consoles.openConsole(serviceContext(`req-${ids.uuid()}`), { token });
    return console?.type === type ? console : undefined;
  }

  #isForeign({ headers }: IncomingMessage, { baseUrl }: OpenedConsole): boolean {
    const forwarded = headers['x-forwarded-proto'];
    const asked = { origin: headers.origin, host: headers.host, forwardedProto: Array.isArray(forwarded) ? forwarded[0] : forwarded };
    return originProblem(asked, this.#options.allowedOrigins, baseUrl) !== undefined;
  }

  async #run(viewer: WebSocket, guest: Duplex, { serverId, type, expiresAt }: OpenedConsole): Promise<void> {
    const { clock, idleMs, endsWithToken, log } = this.#options;
    const leftMs = endsWithToken ? new Date(expiresAt).getTime() - clock.now().getTime() : undefined;
    log.info({ serverId, type }, 'a console is shown');
    const ended = bridge(viewer, guest, { clock, idleMs, leftMs });
    viewer.resume();
    await ended;
    log.info({ serverId, type }, 'a console is not shown any more');
  }
}
