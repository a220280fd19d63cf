/** One hop (span) of a request's trace: what a service did, and when. */
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

/** Stores finished hops. */
export interface HopSink {
  write(hops: readonly Hop[]): Promise<void>;
}
