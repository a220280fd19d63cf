import { systemClock } from '../../src/lib/clock/clock.ts';

const POLL_MS = 100;

/** Waits until a condition is true; fails with its name after `timeoutMs`. */
export async function until(isSo: () => Promise<boolean>, { what, timeoutMs }: { what: string; timeoutMs: number }): Promise<void> {
  const startMs = systemClock.monotonicMs();
  while (!(await isSo())) {
    if (systemClock.monotonicMs() - startMs > timeoutMs) throw new Error(`not so after ${timeoutMs} ms: ${what}`);
    await systemClock.sleep(POLL_MS);
  }
}
