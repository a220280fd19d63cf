import { expect, test } from 'vitest';
import { IdleCollector, processHeap } from './idle-collector.ts';

/** A heap that is told what it measures; a collection leaves it at 100 MB. */
function heapOf(start: { mb: number; busy: number }) {
  const now = { ...start, collections: 0 };
  const collector = new IdleCollector({
    residentMb: () => now.mb,
    busyShare: () => now.busy,
    collect: () => {
      now.collections += 1;
      now.mb = 100;
    },
  });
  return { now, collector };
}

test('an idle process that has grown collects once, and again only when it has grown anew', () => {
  const { now, collector } = heapOf({ mb: 400, busy: 0.05 });
  expect([collector.tick(), collector.tick(), now.collections]).toEqual([true, false, 1]);
  now.mb = 120;
  expect(collector.tick()).toBe(false);
  now.mb = 140;
  expect([collector.tick(), now.mb]).toEqual([true, 100]);
});

test('a busy process is not paused', () => {
  const { now, collector } = heapOf({ mb: 400, busy: 0.5 });
  expect(collector.tick()).toBe(false);
  now.busy = 0.1;
  expect(collector.tick()).toBe(true);
});

test('the heap of this process shrinks by what nobody uses any more', () => {
  const heap = processHeap();
  heap.collect();
  const before = process.memoryUsage().heapUsed;
  const grown = () => process.memoryUsage().heapUsed - before;
  const holder: { garbage?: unknown } = { garbage: Array.from({ length: 400_000 }, (_, n) => ({ n, text: `text ${n}` })) };
  expect(grown()).toBeGreaterThan(20_000_000);
  delete holder.garbage;
  heap.collect();
  expect(grown()).toBeLessThan(20_000_000);
});
