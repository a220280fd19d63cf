/** One queue in memory: waiting messages, and consumers served in turn, each with a bounded number of messages in progress. */
/** A queued or running message. Calls have a `reply`; `gone` means that the caller has given up. */
export interface Delivery {
  readonly body: string;
  readonly reply?: (text: string) => void;
  gone: boolean;
}

/** A consumer; `take` resolves when it has handled the message. */
export interface Consumer {
  readonly concurrency: number;
  take(delivery: Delivery): Promise<string>;
}

interface Attached {
  readonly consumer: Consumer;
  readonly atWork: Set<Delivery>;
  taking: boolean;
}

export class MemoryQueue {
  readonly #maxQueued: number;
  #waiting: Delivery[] = [];
  #attached: Attached[] = [];
  #arrival = Promise.withResolvers<void>();

  constructor(maxQueued: number) {
    this.#maxQueued = maxQueued;
  }

  /** False when the queue is full. */
  offer(delivery: Delivery): boolean {
    if (this.#waiting.length >= this.#maxQueued) return false;
    this.#waiting.push(delivery);
    // Deferred: as on a real bus, no answer comes before the send returns.
    queueMicrotask(() => this.#pump());
    return true;
  }

  /** Attaches a consumer. `stop` delivers no more messages to it; `leave` also requeues its unfinished ones. */
  attach(consumer: Consumer): { stop: () => void; leave: () => void } {
    const attached: Attached = { consumer, atWork: new Set(), taking: true };
    this.#attached.push(attached);
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers();
    this.#pump();
    const stop = () => {
      attached.taking = false;
      this.#attached = this.#attached.filter((other) => other !== attached);
    };
    return { stop, leave: () => (stop(), this.#requeue(attached)) };
  }

  isListened(): boolean {
    return this.#attached.length > 0;
  }

  /** Resolves when the next consumer attaches. */
  listened(): Promise<void> {
    return this.#arrival.promise;
  }

  #requeue(attached: Attached): void {
    this.#waiting.unshift(...attached.atWork);
    attached.atWork.clear();
    this.#pump();
  }

  #pump(): void {
    while (this.#waiting.length > 0) {
      const free = this.#attached.find(({ consumer, atWork }) => atWork.size < consumer.concurrency);
      if (!free) return;
      const delivery = this.#waiting.shift();
      if (!delivery || delivery.gone) continue;
      this.#attached = [...this.#attached.filter((other) => other !== free), free];
      void this.#work(free, delivery);
    }
  }

  async #work(attached: Attached, delivery: Delivery): Promise<void> {
    attached.atWork.add(delivery);
    const text = await attached.consumer.take(delivery);
    // The consumer left meanwhile, and the message was requeued for another.
    if (!attached.atWork.delete(delivery)) return;
    delivery.reply?.(text);
    this.#pump();
  }
}
