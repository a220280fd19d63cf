import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { errorType } from '../../lib/errors/error-type.ts';
import { didYouMean } from '../../lib/text/nearest.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { ReportProgress } from '../driver.ts';

/** Delays and failures of one driver call, as NOVA_FAKE_FAULTS gives them: `{"spawn": {"delayMs": 200, "failureRate": 0.1}}`. */
export interface CallFaults {
  readonly delayMs?: number;
  /** Between 0 (never) and 1 (always). */
  readonly failureRate?: number;
}

/** The calls that can get delays and failures. */
const faultyCalls = [
  'spawn',
  'destroy',
  'powerOn',
  'powerOff',
  'reboot',
  'pause',
  'unpause',
  'suspend',
  'resume',
  'triggerCrashDump',
  'setAdminPassword',
  'consoleOutput',
] as const;
type FaultyCall = (typeof faultyCalls)[number];

export type FakeFaults = Readonly<Partial<Record<FaultyCall, CallFaults>>>;

const BadFaults = errorType(
  'BadFaults',
  'invalid',
  (p: { where: string; problem: string }) =>
    `[fake] faults (NOVA_FAKE_FAULTS) ${p.where}: ${p.problem}; it looks like {"spawn": {"delayMs": 200, "failureRate": 0.1}}`,
);

const callFaults = t.Object(
  { delayMs: t.Optional(t.Number({ minimum: 0 })), failureRate: t.Optional(t.Number({ minimum: 0, maximum: 1 })) },
  { additionalProperties: false },
);
const allFaults = t.Partial(t.Record(t.Union(faultyCalls.map((call) => t.Literal(call))), callFaults), { additionalProperties: false });

/** Parses the configured faults; refuses entries that have no effect. */
export function faultsOf(written: unknown): FakeFaults {
  const first = Value.Errors(allFaults, written).First();
  // The schema has just been checked.
  if (!first) return written as FakeFaults;
  const where = first.path === '' ? 'as a whole' : `at ${first.path}`;
  const name = first.path.slice(1);
  const isUnknownCall = name !== '' && !name.includes('/') && !faultyCalls.some((call) => call === name);
  throw BadFaults({ where, problem: isUnknownCall ? `there is no such call${didYouMean(name, faultyCalls)}` : first.message });
}

export const SimulatedFailure = errorType(
  'SimulatedFailure',
  'internal',
  (p: { call: string }) => `The simulated hypervisor failed to ${p.call}, as it was told to.`,
);

/** How many progress reports a delay is divided into. */
const PARTS = 10;

/** The resolution of failure rates. */
const GRAIN = 10_000;

/** Adds the configured delays and failures to the calls of a simulated hypervisor. */
export class FaultInjector {
  readonly #faults: FakeFaults;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(faults: FakeFaults, deps: { clock: Clock; ids: Ids }) {
    this.#faults = faults;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
  }

  /** Waits for the call's delay, then fails at its failure rate. */
  async pass(call: FaultyCall, signal?: AbortSignal, progress?: ReportProgress): Promise<void> {
    const { delayMs = 0, failureRate = 0 } = this.#faults[call] ?? {};
    const parts = delayMs > 0 ? PARTS : 0;
    for (let part = 1; part <= parts; part += 1) {
      await this.#clock.sleep(delayMs / PARTS, signal);
      progress?.((100 * part) / PARTS, `${call}, slowly`);
    }
    if (failureRate > 0 && this.#ids.below(GRAIN) < failureRate * GRAIN) throw SimulatedFailure({ call });
  }
}
