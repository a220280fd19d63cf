import { Duplex } from 'node:stream';

/** What one viewer may leave unread before it is given up: the others do not wait for it. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/** A stream that several viewers share: all see what it says, and whatever any of them writes goes in. It ends with its last viewer. */
export class SharedStream {
  readonly #viewers = new Set<Duplex>();
  readonly #source: Promise<Duplex>;
  readonly #ended = Promise.withResolvers<void>();
  #isOver = false;

  constructor(open: () => Promise<Duplex>) {
    this.#source = open();
    this.#source.then(
      (source) => {
        source.on('data', (chunk: Buffer) => this.#show(chunk));
        source.on('error', () => this.end());
        source.once('close', () => this.end());
        source.once('end', () => this.end());
      },
      () => this.end(),
    );
  }

  /** Resolves when it is over. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async join(): Promise<Duplex> {
    const source = await this.#source;
    const viewer = new Duplex({
      read: () => {},
      write: (chunk: Buffer, encoding, done) => {
        if (source.writable) source.write(chunk, encoding, done);
        else done();
      },
    });
    this.#viewers.add(viewer);
    viewer.on('error', () => {});
    viewer.once('finish', () => viewer.destroy());
    viewer.once('close', () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size === 0) this.end();
    });
    if (this.#isOver) viewer.push(null);
    return viewer;
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ended.resolve();
    for (const viewer of this.#viewers) {
      viewer.push(null);
      viewer.destroy();
    }
    void this.#source.then((source) => source.destroy()).catch(() => {});
  }

  #show(chunk: Buffer): void {
    for (const viewer of this.#viewers) {
      if (viewer.readableLength < MAX_UNREAD_BYTES) viewer.push(chunk);
      else viewer.destroy();
    }
  }
}
