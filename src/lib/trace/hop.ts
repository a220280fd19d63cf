/** One piece of a request's way: a service that did something for a while. */
export interface Hop {
  readonly requestId: string;
  readonly spanId: string;
  /** The hop that caused this one. */
  readonly parentSpanId: string | undefined;
  readonly service: string;
  readonly what: string;
  readonly host: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** 'ok', or the code of the error with which it ended. */
  readonly outcome: string;
}

/** Where finished hops are kept. */
export interface HopSink {
  write(hops: readonly Hop[]): Promise<void>;
}
