// Limits on what a server accepts from outside, each with a unit.

/** How much one server accepts. */
export interface HttpLimits {
  /** Largest JSON body, in bytes; readers of streamed bodies set their own limits. */
  readonly bodyBytes: number;
  /** All request headers together, in bytes. */
  readonly headerBytes: number;
  /** How deep a JSON body may nest. */
  readonly jsonDepth: number;
  /** Requests being answered at one time, from the arrival of the body to the last byte of the answer; further ones get 503. */
  readonly inFlight: number;
  /** Bodies that are arriving at one time; one more, and the oldest of the address that sends the most gets 408. */
  readonly arrivingBodies: number;
  /** Open connections; further ones are closed at once. */
  readonly connections: number;
  /** Open connections from one address; further ones are closed at once. */
  readonly connectionsPerAddress: number;
  /** How long a connection may stall in the middle of a request or answer. */
  readonly stalledMs: number;
  /** Time for the headers to arrive. */
  readonly headersMs: number;
  /** Time for a body to arrive, but for those that are streamed. */
  readonly bodyMs: number;
  /** Time for a whole request to arrive, a streamed body included. */
  readonly requestMs: number;
  /** How long an idle connection is kept. */
  readonly keepAliveMs: number;
  /** How long requests may go on after the server was told to stop. */
  readonly graceMs: number;
  /** The Retry-After of refused requests, in seconds. */
  readonly retryAfterS: number;
}

/** Generous for an API, small enough to survive abuse; the body bound is the published one. */
export const defaultLimits: HttpLimits = {
  bodyBytes: 114_688,
  headerBytes: 32_768,
  jsonDepth: 64,
  inFlight: 1_000,
  arrivingBodies: 1_000,
  connections: 8_000,
  connectionsPerAddress: 4_000,
  stalledMs: 300_000,
  headersMs: 20_000,
  bodyMs: 10_000,
  requestMs: 300_000,
  keepAliveMs: 72_000,
  graceMs: 3_000,
  retryAfterS: 2,
};
