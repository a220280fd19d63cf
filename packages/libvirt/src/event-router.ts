import { Readable } from 'node:stream';
import { LibvirtError } from './libvirt-error.ts';
import { limits } from './limits.ts';
import type { Domain } from './protocol/domain.ts';
import { type EventName, type EventOf, events, subscribing } from './protocol/events.ts';
import type { Connection } from './wire/connection.ts';
import { invoke } from './wire/invoke.ts';
import type { Packet } from './wire/packet.ts';
import { XdrReader } from './xdr/xdr-reader.ts';

/** A running subscription. */
export interface Subscription {
  /** Ends it: at once in this process, then at the daemon. */
  stop(): Promise<void>;
}

/** A subscription to read from: `for await`. Leaving the loop, or `stop`, ends it; the end of the connection throws. */
export interface EventFeed<T> extends Subscription, AsyncIterable<T> {}

interface Receiver {
  readonly procedure: number;
  readonly deliver: (reader: XdrReader) => void;
}

/** Delivers the events of a connection to their subscribers, in order of arrival. */
export class EventRouter {
  readonly #connection: Connection;
  readonly #timeoutMs: number;
  readonly #receivers = new Map<number, Receiver>();

  constructor(connection: Connection, timeoutMs: number) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
    connection.onEvent = (packet) => this.#receive(packet);
  }

  /** Calls the listener with each event of that name, of one guest or of all. */
  async on<N extends EventName>(name: N, listener: (event: EventOf<N>) => void, domain?: Domain): Promise<Subscription> {
    const { id, procedure, payload } = events[name];
    const deliver = (reader: XdrReader): void => {
      // The table pairs names with payloads; the compiler loses that pairing when indexing by a generic name.
      const event = payload.read(reader) as EventOf<N>;
      reader.end();
      callSafely(() => listener(event));
    };
    const { register } = subscribing;
    const callback = await invoke(this.#connection, register, [id, domain], this.#manner(`subscribing to ${name}`), (callback) =>
      this.#receivers.set(callback, { procedure, deliver }),
    );
    return { stop: () => this.#stop(callback) };
  }

  /** The same as an async iterable. */
  async feed<N extends EventName>(name: N, domain?: Domain): Promise<EventFeed<EventOf<N>>> {
    const queue = new Readable({ objectMode: true, read: () => undefined });
    // The iterating reader gets the error; without a reader it must not end the process.
    queue.on('error', () => undefined);
    const subscription = await this.on(name, (event) => enqueue(queue, event), domain);
    const stop = async (): Promise<void> => {
      if (!queue.destroyed) queue.push(null);
      await subscription.stop();
    };
    queue.once('close', () => void subscription.stop().catch(() => undefined));
    void this.#connection.ended.then((reason) => queue.destroy(reason));
    return { stop, [Symbol.asyncIterator]: () => queue[Symbol.asyncIterator]() };
  }

  async #stop(callback: number): Promise<void> {
    if (!this.#receivers.delete(callback) || !this.#connection.isOpen) return;
    await invoke(this.#connection, subscribing.deregister, [callback], this.#manner('unsubscribing'));
  }

  #receive(packet: Packet): void {
    const reader = new XdrReader(packet.payload);
    const receiver = this.#receivers.get(reader.int());
    // The daemon may still send an event of a subscription that was just stopped.
    if (receiver?.procedure === packet.procedure) receiver.deliver(reader);
  }

  #manner(name: string) {
    return { name, timeoutMs: this.#timeoutMs };
  }
}

const enqueue = (queue: Readable, event: unknown): void => {
  if (queue.destroyed || queue.readableEnded) return;
  if (queue.readableLength >= limits.eventBacklog) {
    queue.destroy(new LibvirtError('backlog-overflow', `Nobody read the events: ${limits.eventBacklog} waited.`));
  } else queue.push(event);
};

// An error thrown by a listener is that listener's bug, as with any EventEmitter; later packets must still be delivered.
const callSafely = (act: () => void): void => {
  try {
    act();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};
