// V8 keeps the heap of a busy time for the next one. A cloud that shares a machine with its guests gives it back when it is idle.
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the collector measures and does. */
export interface Heap {
  /** The resident set size, in MB. */
  readonly residentMb: () => number;
  /** The share of time, from 0 to 1, for which the event loop was busy since the last question. */
  readonly busyShare: () => number;
  /** Collects all garbage and returns free pages to the system. */
  readonly collect: () => void;
}

/** At most this share of busy time counts as idle. */
const IDLE_SHARE = 0.2;

/** A collection pauses the process for some 50 ms; it is worth that if memory has grown by this much since the last one, in MB. */
const WORTH_MB = 32;

/** Collects garbage when the process is idle and has grown. */
export class IdleCollector {
  readonly #heap: Heap;
  #afterLastMb = 0;

  constructor(heap: Heap = processHeap()) {
    this.#heap = heap;
  }

  /** To be called at intervals. @returns whether it collected */
  tick(): boolean {
    const { busyShare, residentMb, collect } = this.#heap;
    if (busyShare() > IDLE_SHARE || residentMb() < this.#afterLastMb + WORTH_MB) return false;
    collect();
    this.#afterLastMb = residentMb();
    return true;
  }
}

const BYTES_PER_MB = 1024 ** 2;

/** The heap of this process. */
export function processHeap(): Heap {
  let last = performance.eventLoopUtilization();
  return {
    residentMb: () => process.memoryUsage.rss() / BYTES_PER_MB,
    busyShare: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return utilization;
    },
    collect: collector(),
  };
}

/** V8's `gc`, without the flag for the whole program: only this function has it. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: (options: object) => void = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  // The flavor also drops caches, so that more pages become free.
  return () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
