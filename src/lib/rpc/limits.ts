/** Every bound of the bus, with its unit; both drivers keep the same ones. */

/** How long a call waits for its answer unless its contract or client says otherwise (the seed's rpc_response_timeout). */
export const CALL_TIMEOUT_MS = 60_000;
/** How long a cast is retried, over reconnects, until the bus accepts it or it fails. */
export const CAST_TIMEOUT_MS = 60_000;
/** How long a call to a host waits for that host's consumer to appear: services that start together need not start in order. */
export const HOST_GRACE_MS = 2_000;
/** Handlers running at once per queue of a service (the seed's rpc_thread_pool_size). */
export const CONCURRENCY = 64;
/** How long closing waits for running handlers, and then for sent messages without an outcome. */
export const DRAIN_MS = 2_000;
/** The largest message or answer, encoded. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** Messages waiting in one queue; the next one is refused. */
export const MAX_QUEUED = 20_000;
/** Messages one process has sent without knowing their outcome; the next one is refused. */
export const MAX_OUTSTANDING = 20_000;
/** Handled messages a process remembers to recognise redeliveries. */
export const MAX_REMEMBERED = 20_000;
/** Bytes of answers kept with them. */
export const MAX_REMEMBERED_BYTES = 16 * 1024 * 1024;
/** How long it remembers them. */
export const REMEMBER_MS = 600_000;
