/** Reads what a VNC client sends, and drops keys, mouse and clipboard. */
import type { Take } from './bridge.ts';

/** The version, the security type, the wish to share: their lengths. Only the type None is offered. */
const GREETING = [12, 1, 1] as const;
const SHARE_STAGE = 2;
/** The versions that begin so. In older ones the client names no security type, so each later part would be taken for another. */
const VERSIONS = ['RFB 003.007\n', 'RFB 003.008\n'];

/** The length of each message that a client without hands may send, by its type; those with a variable part say how long it is. */
const passed: Readonly<Record<number, (head: Buffer) => number | undefined>> = {
  0: () => 20,
  2: (head) => (head.length < 4 ? undefined : 4 + head.readUInt16BE(2) * 4),
  3: () => 10,
  // Continuous updates, and the fences around them.
  150: () => 10,
  248: (head) => (head.length < 9 ? undefined : 9 + (head[8] ?? 0)),
};
/** Those that are dropped: keys, pointer, clipboard, power buttons, the size of the screen, keys of QEMU. */
const dropped: Readonly<Record<number, (head: Buffer) => number | undefined>> = {
  4: () => 8,
  5: () => 6,
  6: (head) => (head.length < 8 ? undefined : 8 + Math.abs(head.readInt32BE(4))),
  250: () => 4,
  251: (head) => (head.length < 8 ? undefined : 8 + (head[6] ?? 0) * 16),
  255: (head) => (head[1] === 0 ? 12 : undefined),
};
/** The most that a client may leave incomplete. */
const MAX_PENDING_BYTES = 1024 * 1024;

/** Undefined for a message or a version that is not known: the end of what follows cannot be found. */
export function rfbLookOnly(): Take {
  let pending: Buffer = Buffer.alloc(0);
  let stage = 0;

  /** The next message, whole, and whether it is passed on; undefined while it is not complete. */
  const next = (): { readonly length: number; readonly pass: boolean } | 'unknown' | undefined => {
    const greeting = GREETING[stage];
    const type = pending[0] ?? 0;
    const rule = passed[type] ?? dropped[type];
    if (greeting === undefined && !rule) return 'unknown';
    if (stage === 0 && pending.length >= GREETING[0] && !VERSIONS.includes(pending.toString('latin1', 0, GREETING[0]))) return 'unknown';
    const length = greeting ?? rule?.(pending);
    return length === undefined || length > pending.length ? undefined : { length, pass: greeting !== undefined || type in passed };
  };

  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    const kept: Buffer[] = [];
    while (pending.length > 0) {
      const message = next();
      if (message === 'unknown' || pending.length > MAX_PENDING_BYTES) return undefined;
      if (!message) break;
      // Whoever may only look sends nobody else away.
      const bytes = stage === SHARE_STAGE ? Buffer.from([1]) : pending.subarray(0, message.length);
      if (message.pass) kept.push(bytes);
      pending = pending.subarray(message.length);
      stage += 1;
    }
    return Buffer.concat(kept);
  };
}
