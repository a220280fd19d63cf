import type { Clock } from '../src/lib/clock/clock.ts';
import { demoFailed } from './demo-failed.ts';
import type { Screen } from './screen.ts';

/** What every part of the demo stands on. */
export interface Stage {
  readonly screen: Screen;
  readonly clock: Clock;
  /** Aborts when the demo is interrupted: whatever waits ends. */
  readonly signal: AbortSignal;
}

/** Something to be waited for. `what` begins the sentence "... within 30 s.", and is read only when that must be said. */
interface Awaited {
  readonly what: string;
  readonly limitMs: number;
  readonly everyMs: number;
}

/**
 * Probes until there is an answer; fails when there is none in time.
 * @param probe gets the milliseconds since the waiting began; undefined is "not yet"
 */
export async function until<T>(awaited: Awaited, { clock, signal }: Stage, probe: (ms: number) => Promise<T | undefined>): Promise<T> {
  const startMs = clock.monotonicMs();
  for (;;) {
    const spentMs = clock.monotonicMs() - startMs;
    const answer = await probe(spentMs);
    if (answer !== undefined) return answer;
    if (spentMs > awaited.limitMs) throw demoFailed(`${awaited.what} within ${seconds(awaited.limitMs)}.`);
    await clock.sleep(awaited.everyMs, signal);
  }
}

/** Milliseconds as people read them: `4.2 s`, whole seconds without a fraction. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms % 1000 === 0 ? 0 : 1)} s`;
