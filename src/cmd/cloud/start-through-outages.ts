import { Lifetime } from '../../lib/clock/lifetime.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { isLostDependency } from '../../lib/rpc/lost-dependency.ts';
import type { Runtime } from './runtime.ts';

/** How long a start is begun again after outages, in milliseconds. What it connects to first it waits for by itself. */
const PATIENCE_MS = 60_000;

/** The pause before it begins again, in milliseconds. */
const PAUSE_MS = 500;

/**
 * Runs the start of a program. If a database, broker or service that it has reached goes away midway, it releases what it took and begins
 * again. Other failures end it at once.
 */
export async function startThroughOutages<T>(runtime: Runtime, start: (runtime: Runtime) => Promise<T>): Promise<T> {
  const { life, log, clock } = runtime;
  const sinceMs = clock.monotonicMs();
  for (;;) {
    const attempt = life.hold('what the start took', new Lifetime(log), (taken) => taken.end());
    try {
      return await start({ ...runtime, life: attempt });
    } catch (error) {
      await attempt.end();
      const isLate = clock.monotonicMs() - sinceMs > PATIENCE_MS;
      if (life.signal.aborted || isLate || !isLostDependency(error)) throw error;
      log.warn({ error: messageOf(error) }, 'the start was interrupted by an outage and begins again');
    }
    await clock.sleep(PAUSE_MS, life.signal);
  }
}
