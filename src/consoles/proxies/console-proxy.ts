/** A proxy for consoles: serves a page, checks the token of its WebSocket, and connects it with the guest's host. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { within } from '../../lib/clock/within.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { endSession } from './bridge.ts';
import { endings } from './endings.ts';
import { answerPage, type Pages } from './pages.ts';
import { type SessionOptions, showConsole } from './session.ts';
import { answerShare, SHARE_PATH, type SharingOptions } from './share.ts';

/** The longest message of a viewer. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** How long a proxy that stops waits for the last parts of its recordings. */
const LAST_WORDS_MS = 5_000;

/** What the pages of noVNC and SPICE ask for; terminals ask for nothing. */
const SUBPROTOCOL = 'binary';

/** How a proxy listens for TLS. */
export interface ProxyTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** In OpenSSL's words; undefined is Node's choice. */
  readonly ciphers: string | undefined;
}

export interface ConsoleProxyOptions extends SessionOptions, SharingOptions {
  readonly pages: Pages;
  readonly maxSessions: number;
  /** Certificate and key in PEM; without them it listens for plain HTTP. */
  readonly tls: ProxyTls | undefined;
}

export class ConsoleProxy {
  readonly #options: ConsoleProxyOptions;
  readonly #server;
  /** What is shown, and recordings that are not whole yet. */
  readonly #shown = new Set<Promise<void>>();
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });

  constructor(options: ConsoleProxyOptions) {
    this.#options = options;
    const { tls, log } = options;
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      this.#answer(request, response).catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'a console page could not be served');
        response.destroy();
      });
    };
    this.#server = tls ? createTlsServer(tls, answer) : createServer(answer);
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#sockets.handleUpgrade(request, socket, head, (viewer) => this.#serve(viewer, request)),
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

  /** Ends all sessions, and waits until what is recorded of them is kept. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    const { code, reason } = endings.stopping;
    for (const viewer of this.#sockets.clients) viewer.close(code, reason);
    this.#server.closeAllConnections();
    for (const viewer of this.#sockets.clients) viewer.terminate();
    const ended = Promise.all([closed, ...this.#shown]);
    await within(this.#options.clock, LAST_WORDS_MS, ended, () => new Error('some sessions did not end in time'));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pages, allowedOrigins } = this.#options;
    if (request.url === SHARE_PATH) await answerShare(this.#options, request, response);
    else await answerPage(pages, allowedOrigins, request, response);
  }

  #serve(viewer: WebSocket, request: IncomingMessage): void {
    viewer.on('error', () => viewer.terminate());
    // What the viewer sends before the console is open waits in its socket.
    viewer.pause();
    if (this.#sockets.clients.size > this.#options.maxSessions) return endSession(viewer, endings.tooMany);
    const shown: Promise<void> = showConsole(this.#options, viewer, request).finally(() => this.#shown.delete(shown));
    this.#shown.add(shown);
  }
}
