/** Every limit of this client, in one place. Sizes on the wire are those of libvirt's protocol definition. */
export const limits = {
  /** A packet with its length and header, bytes; libvirt's own maximum. */
  packetBytes: 32 * 1024 * 1024,
  /** A string in a packet, bytes. */
  stringBytes: 4 * 1024 * 1024,
  /** Opaque data in a packet, bytes. */
  opaqueBytes: 16 * 1024 * 1024,
  /** Domains in one reply. */
  domains: 16_384,
  /** Mount points of a freeze or thaw. */
  mountPoints: 256,
  /** Typed parameters in one list. */
  typedParams: 262_144,
  /** Data in one stream packet, bytes: a size that every daemon accepts. */
  streamChunkBytes: 262_120,
  /** Stream data that arrived and was not read yet, bytes; beyond it the stream ends with an error. */
  streamBacklogBytes: 8 * 1024 * 1024,
  /** Calls of one connection waiting for their reply. */
  outstandingCalls: 4096,
  /** Events that an iterator holds for a slow reader; beyond it the iteration ends with an error. */
  eventBacklog: 65_536,
} as const;

/** The default times of a connection, milliseconds. */
export const defaultTimes = {
  /** A call. */
  callMs: 60_000,
  /** A call that moves a guest's memory or disk (save, migrate, dump), or ends only when qemu answers (create, destroy). */
  slowCallMs: 600_000,
  /** Reaching the socket, authentication and opening the hypervisor together. */
  openMs: 30_000,
  /** The closing call of `close()`; after it the socket is closed anyway. */
  closeMs: 2000,
} as const;
