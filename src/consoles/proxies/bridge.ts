import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../lib/clock/clock.ts';
import { type Ending, endings } from './endings.ts';

/** What may wait for a slow viewer; the guest waits meanwhile. */
const MAX_WAITING_BYTES = 256 * 1024;

/** What of a viewer's bytes reaches the guest; undefined where it sends what it may not. */
export type Take = (chunk: Buffer) => Buffer | undefined;

export interface BridgeLimits {
  readonly clock: Clock;
  /** How long nothing may come from either end; 0 is for ever. */
  readonly idleMs: number;
  /** When the session must end, in milliseconds from now; undefined is never. */
  readonly leftMs: number | undefined;
  /** What of the viewer's bytes reaches the guest: all, without it. */
  readonly take?: Take;
}

/** Connects a viewer with a console: each end waits for the other, and the session ends with either. Resolves when it has ended. */
export function bridge(viewer: WebSocket, guest: Duplex, { clock, idleMs, leftMs, take = (all) => all }: BridgeLimits): Promise<void> {
  const over = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  let heardMs = clock.monotonicMs();
  const end = (ending: Ending): void => {
    if (over.signal.aborted) return;
    over.abort();
    guest.destroy();
    endSession(viewer, ending);
    resolve();
  };

  viewer.on('message', (data: RawData) => {
    heardMs = clock.monotonicMs();
    // Messages that have come already are handed over even while it is paused.
    const taken = take(bytesOf(data));
    if (!taken) return end(endings.foreignPage);
    if (guest.writable && taken.length > 0 && !guest.write(taken)) viewer.pause();
  });
  guest.on('drain', () => viewer.resume());
  viewer.once('close', () => end(endings.over));
  viewer.on('error', () => end(endings.over));

  guest.on('data', (chunk: Buffer) => {
    heardMs = clock.monotonicMs();
    viewer.send(chunk, () => viewer.bufferedAmount < MAX_WAITING_BYTES && guest.resume());
    if (viewer.bufferedAmount >= MAX_WAITING_BYTES) guest.pause();
  });
  guest.once('close', () => end(endings.over));
  guest.on('error', () => end(endings.over));

  const watch = async (): Promise<void> => {
    for (;;) {
      const leftUntilIdleMs = heardMs + idleMs - clock.monotonicMs();
      if (leftUntilIdleMs <= 0) return end(endings.idle);
      await clock.sleep(leftUntilIdleMs, over.signal);
    }
  };
  // They wait no more when the session ends.
  if (idleMs > 0) watch().catch(() => {});
  if (leftMs !== undefined)
    clock.sleep(Math.max(0, leftMs), over.signal).then(
      () => end(endings.expired),
      () => {},
    );
  return promise;
}

/** Tells the viewer why. It must be read from until it has answered. */
export function endSession(viewer: WebSocket, { code, reason }: Ending): void {
  viewer.resume();
  viewer.close(code, reason);
}

const bytesOf = (data: RawData): Buffer => (Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data));
