import { Duplex } from 'node:stream';
import { LibvirtError } from '../libvirt-error.ts';
import { limits } from '../limits.ts';
import { readRemoteError } from '../protocol/remote-error.ts';
import { XdrReader } from '../xdr/xdr-reader.ts';
import { type Packet, statuses } from './packet.ts';

/** The way of a stream to its peer. */
export interface StreamPort {
  send(status: number, data: Buffer, sent: (error?: Error | null) => void): void;
  /** The stream is over; nothing more will be taken from it. */
  forget(): void;
}

type Done = (error?: Error | null) => void;

const noData = Buffer.alloc(0);
const nowhere: StreamPort = { send: (_status, _data, sent) => sent(), forget: () => undefined };

/**
 * A stream of bytes through the daemon, such as a console. `end()` says that we are done and waits for the daemon's consent;
 * `destroy()` gives up at once. A reader that lags behind loses the stream, never the connection it shares with others.
 */
export class RemoteStream<R> extends Duplex {
  #port: StreamPort = nowhere;
  #opened: { readonly result: R } | undefined;
  #confirmed: Done | undefined;
  #isOver = false;

  constructor() {
    // Once the daemon has no more, neither have we: then libvirt wants the stream finished from our side too.
    super({ allowHalfOpen: false });
    // Whoever reads, pipes or listens gets the error; one that comes before anyone could must not end the process.
    this.on('error', () => undefined);
  }

  /** What the procedure returned when it opened the stream. */
  get result(): R {
    if (this.#opened === undefined) throw new LibvirtError('invalid-stream', 'The stream has not been opened yet.');
    return this.#opened.result;
  }

  /** Joins the stream to its connection. */
  attach(port: StreamPort): void {
    this.#port = port;
  }

  /** The daemon has opened it. */
  open(result: R): this {
    this.#opened = { result };
    return this;
  }

  /** The daemon has not opened it, so there is nothing to give up there. */
  abandon(): void {
    this.#isOver = true;
    this.destroy();
  }

  /** Takes a packet of this stream from the connection. */
  receive({ status, payload }: Packet): void {
    if (status === statuses.error) {
      this.#isOver = true;
      this.destroy(readRemoteError(new XdrReader(payload)));
    } else if (status === statuses.continue && payload.length > 0) {
      this.#receiveData(payload);
    } else {
      if (status === statuses.ok) this.#isOver = true;
      if (!this.readableEnded) this.push(null);
      if (this.#isOver) this.#confirmed?.();
    }
  }

  override _read(): void {
    // Data comes when it comes; libvirt has no way to ask for it.
  }

  override _write(chunk: Buffer, _encoding: string, done: Done): void {
    const piece = chunk.subarray(0, limits.streamChunkBytes);
    const rest = chunk.subarray(piece.length);
    this.#port.send(statuses.continue, piece, (error) => (error || rest.length === 0 ? done(error) : this._write(rest, _encoding, done)));
  }

  override _final(done: Done): void {
    if (this.#isOver) return done();
    this.#confirmed = done;
    this.#port.send(statuses.ok, noData, (error) => (error ? done(error) : undefined));
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#port.forget();
    // Once we have said that we are done, there is nothing to give up; only the daemon's consent is outstanding.
    if (this.#isOver || this.#confirmed !== undefined) return done(error);
    this.#isOver = true;
    this.#port.send(statuses.error, noData, () => done(error));
  }

  #receiveData(data: Buffer): void {
    this.push(data);
    if (this.readableLength > limits.streamBacklogBytes) {
      this.destroy(new LibvirtError('backlog-overflow', `Nobody read the stream: more than ${limits.streamBacklogBytes} bytes waited.`));
    }
  }
}
