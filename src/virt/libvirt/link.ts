import { connect, type EventOf, type Libvirt } from '@nova-ts/libvirt';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import { HypervisorUnavailable } from '../errors.ts';
import { attempt } from './hypervisor-error.ts';

/** How long to wait between attempts to reach libvirtd: exponential backoff from `firstMs` to `maxMs`. */
export interface Reconnect {
  readonly firstMs: number;
  readonly maxMs: number;
}

export interface LinkOptions {
  /** libvirtd's unix socket; by default the system's. */
  readonly socket?: string;
  /** The hypervisor behind it; by default `qemu:///system`. */
  readonly uri?: string;
  readonly reconnect?: Reconnect;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

type LifecycleEvent = EventOf<'lifecycle'>;

/** Where the system's own libvirtd listens. */
export const SYSTEM_SOCKET = '/run/libvirt/libvirt-sock';

const DEFAULT_RECONNECT: Reconnect = { firstMs: 100, maxMs: 5_000 };

/** A connection to libvirtd that reconnects when lost; meanwhile calls fail at once with HypervisorUnavailable. */
export class LibvirtLink {
  readonly #options: LinkOptions;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(event: LifecycleEvent) => void>();
  #libvirt: Libvirt | undefined;
  #opened: Promise<void> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Connects, and reconnects from then on; resolves with the first connection. Rejects only when closed before that. */
  open(): Promise<void> {
    this.#opened ??= new Promise((resolve, reject) => {
      const { signal } = this.#closing;
      const onClosed = (): void => reject(HypervisorUnavailable({ because: 'its driver was closed.' }));
      if (signal.aborted) onClosed();
      else signal.addEventListener('abort', onClosed);
      void this.#stayConnected(resolve);
    });
    return this.#opened;
  }

  /** A connection attempt in progress ends by itself. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#libvirt?.close();
  }

  /** Runs a function with the connection; `what` completes "The hypervisor could not ...". */
  async call<T>(what: string, work: (libvirt: Libvirt) => Promise<T>): Promise<T> {
    const libvirt = this.#libvirt;
    if (!libvirt?.isOpen) throw HypervisorUnavailable({ because: 'there is no connection to it.' });
    return attempt(what, () => work(libvirt));
  }

  /** Resolves when the guest stops, and at the latest when the signal aborts; events may be missed, so callers check the state afterwards. */
  untilStopped(uuid: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const listener = ({ domain, event }: LifecycleEvent): void => {
      if (domain.uuid === uuid && event === 'stopped') resolve();
    };
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => resolve(), { once: true });
    return promise.finally(() => this.#listeners.delete(listener));
  }

  async #stayConnected(onConnected: () => void): Promise<void> {
    const { clock, ids, log, reconnect = DEFAULT_RECONNECT } = this.#options;
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; ) {
      try {
        const libvirt = await this.#connect();
        failures = 0;
        onConnected();
        const reason = await libvirt.ended;
        if (!signal.aborted) log.warn({ error: reason.message }, 'the connection to libvirtd was lost; guests keep running; reconnecting');
      } catch (error) {
        failures += 1;
        if (failures === 1) log.warn({ error: messageOf(error) }, 'libvirtd cannot be reached; retrying');
      }
      const fullMs = Math.min(reconnect.maxMs, reconnect.firstMs * 2 ** Math.min(failures, 30));
      if (!signal.aborted) await clock.sleep(Math.ceil(fullMs / 2) + ids.below(Math.ceil(fullMs / 2)), signal).catch(() => {});
    }
  }

  async #connect(): Promise<Libvirt> {
    const { socket = SYSTEM_SOCKET, uri = 'qemu:///system', clock } = this.#options;
    const libvirt = await connect({ socket, uri, clock });
    try {
      await libvirt.on('lifecycle', (event) => this.#listeners.forEach((listener) => listener(event)));
      this.#closing.signal.throwIfAborted();
    } catch (error) {
      await libvirt.close();
      throw error;
    }
    this.#libvirt = libvirt;
    return libvirt;
  }
}
