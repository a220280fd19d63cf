import { after, type Clock } from '../clock.ts';
import { LibvirtError } from '../libvirt-error.ts';
import { limits } from '../limits.ts';
import { readRemoteError } from '../protocol/remote-error.ts';
import { XdrReader } from '../xdr/xdr-reader.ts';
import { type Packet, statuses } from './packet.ts';

/** A call to send. */
export interface Request<T> {
  /** The procedure's name, for error messages. */
  readonly name: string;
  readonly timeoutMs: number;
  /** Runs synchronously on the reply, before later packets are handled, so that an event after it finds its receiver. */
  readonly decode: (reader: XdrReader) => T;
}

interface Pending {
  readonly settle: (packet: Packet) => void;
  readonly fail: (error: LibvirtError) => void;
}

const largestSerial = 0xffffffff;

/** The calls waiting for a reply, by serial. Each call ends exactly once: by its reply, its timeout, or the end of the connection. */
export class PendingCalls {
  readonly #clock: Clock;
  readonly #calls = new Map<number, Pending>();
  #lastSerial = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Assigns a serial to the call, sends it with `send`, and waits for the reply. */
  async add<T>(request: Request<T>, send: (serial: number) => void): Promise<T> {
    if (this.#calls.size >= limits.outstandingCalls) {
      throw new LibvirtError('too-many-calls', `${request.name} was not sent: ${limits.outstandingCalls} calls wait for their reply.`);
    }
    const serial = this.#nextSerial();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const stopTimer = after(this.#clock, request.timeoutMs, () => reject(timedOut(request)));
    this.#calls.set(serial, { settle: (packet) => settle(packet, request, resolve, reject), fail: reject });
    try {
      send(serial);
      return await promise;
    } finally {
      stopTimer();
      this.#calls.delete(serial);
    }
  }

  /** Passes a reply to its call; drops the reply of a call that timed out. */
  settle(packet: Packet): void {
    const call = this.#calls.get(packet.serial);
    this.#calls.delete(packet.serial);
    call?.settle(packet);
  }

  failAll(error: LibvirtError): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.fail(error);
  }

  #nextSerial(): number {
    do {
      this.#lastSerial = this.#lastSerial === largestSerial ? 1 : this.#lastSerial + 1;
    } while (this.#calls.has(this.#lastSerial));
    return this.#lastSerial;
  }
}

const settle = <T>(packet: Packet, request: Request<T>, resolve: (value: T) => void, reject: (error: unknown) => void): void => {
  const reader = new XdrReader(packet.payload);
  try {
    if (packet.status === statuses.error) throw readRemoteError(reader, request.name);
    const value = request.decode(reader);
    reader.end();
    resolve(value);
  } catch (error) {
    reject(error);
  }
};

const timedOut = ({ name, timeoutMs }: { name: string; timeoutMs: number }): LibvirtError =>
  new LibvirtError('call-timed-out', `${name} had no reply after ${timeoutMs} ms; the daemon may still carry it out.`, {
    procedure: name,
  });
