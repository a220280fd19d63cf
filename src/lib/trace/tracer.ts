/** Records the hops of each request and flushes them to the sink in batches. It never makes a request fail or wait. */
import type { Clock } from '../clock/clock.ts';
import type { Ids } from '../clock/ids.ts';
import type { Context } from '../context/context.ts';
import { NovaError } from '../errors/error-type.ts';
import type { Log } from '../log/log.ts';
import type { Hop, HopSink } from './hop.ts';

/** What a new hop records. */
export interface HopStart {
  readonly service: string;
  readonly what: string;
  readonly ctx: Context;
}

interface Options {
  readonly sink: HopSink;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** This host's name, recorded with each hop. */
  readonly host: string;
  /** How long a hop may wait for its batch to fill. */
  readonly flushMs?: number;
  /** Largest batch given to the sink. */
  readonly batchSize?: number;
  /** Hops kept while the sink is slow; more are dropped and counted. */
  readonly maxBuffered?: number;
}

/** The length of a hop's id. */
export const SPAN_ID_BYTES = 8;

export class Tracer {
  readonly #options: Required<Options>;
  #wake = new AbortController();
  #closed = false;
  #buffer: Hop[] = [];
  /** The flush in progress; runs while the buffer holds hops. */
  #flushing: Promise<void> | undefined;
  #dropped = 0;

  constructor(options: Options) {
    this.#options = { flushMs: 200, batchSize: 200, maxBuffered: 5000, ...options };
  }

  /** How many hops were lost: the buffer was full or the sink failed. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Runs one hop. The context given to `run` carries the hop's id, so that the hops it causes, here or beyond a queue, link to it. */
  async around<T>({ service, what, ctx }: HopStart, run: (ctx: Context) => Promise<T>): Promise<T> {
    const { clock, ids, host } = this.#options;
    const spanId = ids.hex(SPAN_ID_BYTES);
    const start = { requestId: ctx.requestId, spanId, parentSpanId: ctx.spanId, service, what, host, startedAt: clock.now() };
    const startMs = clock.monotonicMs();
    const end = (outcome: string): void => this.record({ ...start, durationMs: clock.monotonicMs() - startMs, outcome });
    try {
      const result = await run({ ...ctx, spanId });
      end('ok');
      return result;
    } catch (error) {
      end(outcomeOf(error));
      throw error;
    }
  }

  /** Flushes what is left. Hops that end later are flushed at once. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake.abort();
    await this.#flushing;
  }

  /** Records a hop that was measured elsewhere. */
  record(hop: Hop): void {
    const { batchSize, maxBuffered } = this.#options;
    if (this.#buffer.length >= maxBuffered) {
      this.#dropped++;
      return;
    }
    this.#buffer.push(hop);
    this.#flushing ??= this.#flushSoon();
    if (this.#buffer.length >= batchSize) this.#wake.abort();
  }

  async #flushSoon(): Promise<void> {
    const { clock, flushMs, batchSize } = this.#options;
    while (this.#buffer.length > 0) {
      // Also between two batches: hops that came while one was stored wait for others, or a busy process would store each few by themselves.
      if (!this.#closed && this.#buffer.length < batchSize) {
        this.#wake = new AbortController();
        // A full batch or `close` ends the wait early by rejecting it; the hops are flushed either way.
        await clock.sleep(flushMs, this.#wake.signal).catch(() => undefined);
      }
      await this.#write(this.#buffer.splice(0, batchSize));
    }
    this.#flushing = undefined;
  }

  async #write(batch: readonly Hop[]): Promise<void> {
    try {
      await this.#options.sink.write(batch);
    } catch (error) {
      this.#dropped += batch.length;
      this.#options.log.warn({ err: error, lost: batch.length }, 'storing the trace of some requests failed');
    }
  }
}

/** The code of a declared error, else the name of the thrown error. */
const outcomeOf = (error: unknown): string => (error instanceof NovaError ? error.code : error instanceof Error ? error.name : 'Error');
