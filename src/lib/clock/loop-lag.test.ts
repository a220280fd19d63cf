import { expect, test } from 'vitest';
import type { Clock } from './clock.ts';
import { LoopLag } from './loop-lag.ts';

/** A clock on which each sleep ends so much too late; the watch stops after the last. */
async function lagAfter(...lateMs: number[]): Promise<number> {
  const over = new AbortController();
  let nowMs = 0;
  const clock: Clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms + (lateMs.shift() ?? 0);
      if (lateMs.length === 0) over.abort();
    },
  };
  const lag = new LoopLag(clock);
  await lag.watch(over.signal);
  return lag.ms;
}

test('lag is by how much things are late time after time', async () => {
  expect(await lagAfter(0, 3_000, 2_500)).toBe(2_500);
});

test('a machine that slept once does not lag', async () => {
  expect(await lagAfter(0, 3_600_000)).toBe(0);
  expect(await lagAfter(0, 3_600_000, 0)).toBe(0);
});
