import { errorType } from '../../lib/errors/error-type.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';

/** Delays and failures of one driver call, as NOVA_FAKE_FAULTS gives them: `{"spawn": {"delayMs": 200, "failureRate": 0.1}}`. */
export interface CallFaults {
  readonly delayMs?: number;
  /** Between 0 (never) and 1 (always). */
  readonly failureRate?: number;
}

export type FakeFaults = Readonly<Record<string, CallFaults>>;

export const SimulatedFailure = errorType(
  'SimulatedFailure',
  'internal',
  (p: { call: string }) => `The simulated hypervisor failed to ${p.call}, as it was told to.`,
);

/** How finely failure rates are drawn. */
const GRAIN = 10_000;

/** Makes the calls of a simulated hypervisor slow and unreliable, as configured. */
export class FaultInjector {
  readonly #faults: FakeFaults;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(faults: FakeFaults, deps: { clock: Clock; ids: Ids }) {
    this.#faults = faults;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
  }

  /** Passes after the call's delay, or fails at its rate. */
  async pass(call: string, signal?: AbortSignal): Promise<void> {
    const { delayMs = 0, failureRate = 0 } = this.#faults[call] ?? {};
    if (delayMs > 0) await this.#clock.sleep(delayMs, signal);
    if (failureRate > 0 && this.#ids.below(GRAIN) < failureRate * GRAIN) throw SimulatedFailure({ call });
  }
}
