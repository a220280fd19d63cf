import { Duplex } from 'node:stream';
import { LibvirtError } from '../libvirt-error.ts';
import { limits } from '../limits.ts';
import { readRemoteError } from '../protocol/remote-error.ts';
import { XdrReader } from '../xdr/xdr-reader.ts';
import { type Packet, statuses } from './packet.ts';

/** How a stream sends to its peer. */
export interface StreamPort {
  send(status: number, data: Buffer, sent: (error?: Error | null) => void): void;
  /** The stream has ended; drop its later packets. */
  forget(): void;
}

type Done = (error?: Error | null) => void;

const noData = Buffer.alloc(0);
const nowhere: StreamPort = { send: (_status, _data, sent) => sent(), forget: () => undefined };

/**
 * A byte stream through the daemon, such as a console. `end()` finishes it and waits for the daemon's confirmation; `destroy()` aborts
 * it at once. A slow reader loses its stream, never the connection that it shares with others.
 */
export class RemoteStream<R> extends Duplex {
  #port: StreamPort = nowhere;
  #opened: { readonly result: R } | undefined;
  #confirmed: Done | undefined;
  #isOver = false;

  constructor() {
    // When the daemon's data ends, libvirt expects the client to finish the stream too.
    super({ allowHalfOpen: false });
    // Readers get the error through their own listeners; an error before there is one must not end the process.
    this.on('error', () => undefined);
  }

  /** What the procedure returned when it opened the stream. */
  get result(): R {
    if (this.#opened === undefined) throw new LibvirtError('invalid-stream', 'The stream has not been opened yet.');
    return this.#opened.result;
  }

  /** Attaches the stream to its connection. */
  attach(port: StreamPort): void {
    this.#port = port;
  }

  /** Called when the daemon has opened the stream. */
  open(result: R): this {
    this.#opened = { result };
    return this;
  }

  /** Called when the daemon did not open the stream, so there is nothing to abort there. */
  abandon(): void {
    this.#isOver = true;
    this.destroy();
  }

  /** Handles a packet of this stream. */
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
    // A no-op: the daemon pushes data, and libvirt has no way to request it.
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
    // After `end()` there is nothing to abort; only the daemon's confirmation is outstanding.
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
