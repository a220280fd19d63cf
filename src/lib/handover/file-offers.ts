/** Gives files to whoever has the key of their offer, over TLS with that key. */
import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../clock/clock.ts';
import type { Ids } from '../clock/ids.ts';
import { messageOf } from '../errors/error-type.ts';
import type { Log } from '../log/log.ts';
import { type FileOffer, type OfferedFile, TLS } from './file-offer.ts';

/** How long an offer can be used after its last use. */
const LIFETIME_MS = 3_600_000;

/** Offers kept at most; the oldest give way. */
const MAX_OFFERS = 1_000;

interface Offer {
  readonly key: Buffer;
  readonly files: readonly OfferedFile[];
  usedMs: number;
}

export interface FileOffersOptions {
  /** Where it listens, and how receivers reach it. */
  readonly address: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** The offers of one process. It listens from its first offer on, on a port that the system picks. */
export class FileOffers {
  readonly #options: FileOffersOptions;
  readonly #offers = new Map<string, Offer>();
  readonly #offerOf = new WeakMap<object, Offer>();
  #server: Promise<Server> | undefined;

  constructor(options: FileOffersOptions) {
    this.#options = options;
  }

  /** Offers files to the holder of the key that this returns. */
  async offer(files: readonly OfferedFile[]): Promise<FileOffer> {
    const { address, ids, clock } = this.#options;
    this.#server ??= this.#listen();
    const { port } = (await this.#server).address() as AddressInfo;
    this.#forgetOld();
    const [identity, key] = [ids.uuid(), Buffer.from(ids.hex(32), 'hex')];
    this.#offers.set(identity, { key, files, usedMs: clock.monotonicMs() });
    return { address, port, identity, key: key.toString('hex') };
  }

  async close(): Promise<void> {
    const server = await this.#server?.catch(() => undefined);
    this.#server = undefined;
    this.#offers.clear();
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  #listen(): Promise<Server> {
    const { address, log } = this.#options;
    const pskCallback = (socket: TLSSocket, identity: string) => {
      const offer = this.#offers.get(identity);
      if (!offer || this.#isOver(offer)) return null;
      this.#offerOf.set(socket, offer);
      return offer.key;
    };
    const server = createServer({ ...TLS, pskCallback }, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, 'a file could not be handed over');
        response.destroy();
      });
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, address, () => resolve(server));
    });
  }

  /** `GET /` lists the files, `GET /N` is the Nth. */
  async #answer({ url, socket }: IncomingMessage, response: ServerResponse): Promise<void> {
    const offer = this.#offerOf.get(socket);
    if (!offer) return void response.writeHead(404).end();
    offer.usedMs = this.#options.clock.monotonicMs();
    if (url === '/') {
      const listed = offer.files.map(({ name, bytes }) => ({ name, bytes }));
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(listed));
    }
    const file = offer.files[Number(url?.slice(1))];
    if (!file) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.bytes });
    // A file that grows meanwhile is sent as it was listed; one that shrinks breaks the connection.
    const end = file.bytes - 1;
    if (end < 0) response.end();
    else await pipeline(createReadStream(file.path, { end }), response);
    offer.usedMs = this.#options.clock.monotonicMs();
  }

  #forgetOld(): void {
    for (const [identity, offer] of this.#offers) if (this.#isOver(offer) || this.#offers.size >= MAX_OFFERS) this.#offers.delete(identity);
  }

  #isOver({ usedMs }: Offer): boolean {
    return this.#options.clock.monotonicMs() - usedMs > LIFETIME_MS;
  }
}
