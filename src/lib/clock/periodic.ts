import { messageOf } from '../errors/error-type.ts';
import type { Log } from '../log/log.ts';
import type { Clock } from './clock.ts';

/** Work to run at intervals. */
export interface PeriodicWork {
  readonly name: string;
  readonly everyMs: number;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/**
 * Runs the work at intervals until the signal aborts, never twice at once. A failure is logged and retried at the next interval.
 * @returns when the last run has ended
 */
export async function repeat(work: PeriodicWork, deps: { clock: Clock; log: Log; signal: AbortSignal }): Promise<void> {
  const { clock, log, signal } = deps;
  while (!signal.aborted) {
    await clock.sleep(work.everyMs, signal).catch(() => {});
    if (signal.aborted) return;
    try {
      await work.run(signal);
    } catch (error) {
      if (!signal.aborted)
        log.warn({ work: work.name, error: messageOf(error) }, 'periodic work failed; it is retried at the next interval');
    }
  }
}
