import type { Clock } from '../../lib/clock/clock.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { HostNetworks } from './networks.ts';

export interface NetworkReconcilerDeps {
  readonly hostNetworks: HostNetworks;
  readonly log: Log;
}

/** Observes, compares, corrects: at start, before the first message is served, and at intervals. */
export function reconcileNetworks({ hostNetworks, log }: NetworkReconcilerDeps): () => Promise<void> {
  // The first run sets up what the host does not have yet; what later ones correct, something else has changed.
  let isFirst = true;
  return async () => {
    const corrections = await hostNetworks.converge();
    for (const { part, what } of corrections)
      log[isFirst ? 'debug' : 'info']({ part, what }, 'the host was not as wanted and was corrected');
    isFirst = false;
  };
}

/**
 * Reconciles one host after the other, periodically until the signal aborts: never many hosts at once. A host that cannot be reconciled
 * does not delay the others.
 */
export function keepReconciling(
  hosts: readonly (() => Promise<void>)[],
  deps: { readonly log: Log; readonly clock: Clock; readonly everyMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const { log, signal, everyMs } = deps;
  const run = async (): Promise<void> => {
    for (const reconcile of hosts) {
      if (signal.aborted) return;
      await reconcile().catch((error: unknown) => {
        if (!signal.aborted) log.warn({ error: messageOf(error) }, 'a host could not be reconciled; the next run retries it');
      });
    }
  };
  return repeat({ name: 'reconcile-networks', everyMs, run }, deps);
}
