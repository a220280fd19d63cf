import { type PeriodicWork, repeat } from '../lib/clock/periodic.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { Log } from '../lib/log/log.ts';
import type { HostNetworks } from './host-networks.ts';

export interface NetworkReconcilerDeps {
  readonly hostNetworks: HostNetworks;
  readonly log: Log;
}

/** Observes, compares, corrects: at start, before the first message is served, and at intervals. */
export const reconcileNetworks =
  ({ hostNetworks, log }: NetworkReconcilerDeps) =>
  async (): Promise<void> => {
    for (const { part, what } of await hostNetworks.converge()) log.info({ part, what }, 'the host was not as wanted and was put right');
  };

/** Reconciles now (which may fail: then nothing of this host works) and again and again until the signal aborts. */
export async function startReconciler(
  deps: NetworkReconcilerDeps & { readonly clock: Clock; readonly everyMs: number; readonly signal: AbortSignal },
): Promise<{ readonly ended: Promise<void> }> {
  const run = reconcileNetworks(deps);
  await run();
  const work: PeriodicWork = { name: 'reconcile-networks', everyMs: deps.everyMs, run };
  return { ended: repeat(work, deps) };
}
