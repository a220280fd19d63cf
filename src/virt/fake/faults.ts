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
  'cacheImage',
  'destroy',
  'powerOn',
  'powerOff',
  'reboot',
  'pause',
  'unpause',
  'suspend',
  'resume',
  'attachInterface',
  'detachInterface',
  'attachVolume',
  'detachVolume',
  'setVolumes',
  'growVolume',
  'triggerCrashDump',
  'rescue',
  'unrescue',
  'setAdminPassword',
  'snapshot',
  'consoleOutput',
  'console',
  'pack',
  'unpack',
  'resize',
  'confirmResize',
  'revertResize',
  'departure',
  'checkArrival',
  'prepareArrival',
  'liveMigrate',
  'welcome',
] as const;
type FaultyCall = (typeof faultyCalls)[number];

export type FakeFaults = Readonly<Partial<Record<FaultyCall, CallFaults>>>;

const BadFaults = errorType(
  'BadFaults',
  'invalid',
  (p: { problem: string }) => `The faults of simulated hypervisors: the value ${p.problem}.`,
);

const callFaults = t.Object(
  { delayMs: t.Optional(t.Number({ minimum: 0 })), failureRate: t.Optional(t.Number({ minimum: 0, maximum: 1 })) },
  { additionalProperties: false },
);
const allFaults = t.Partial(t.Record(t.Union(faultyCalls.map((call) => t.Literal(call))), callFaults), { additionalProperties: false });

/** What is wrong with configured faults, as the end of a sentence "the value ..."; undefined when nothing is. Entries without effect are wrong. */
export function faultsProblem(written: unknown): string | undefined {
  const first = Value.Errors(allFaults, written).First();
  if (!first) return undefined;
  const name = first.path.slice(1);
  const isUnknownCall = name !== '' && !name.includes('/') && !faultyCalls.some((call) => call === name);
  const problem = isUnknownCall ? `names no call of a hypervisor${didYouMean(name, faultyCalls)}` : `is wrong (${first.message})`;
  return `${first.path === '' ? 'as a whole' : `at ${first.path}`} ${problem} (an example: {"spawn": {"delayMs": 200, "failureRate": 0.1}})`;
}

/** The configured faults. */
export function faultsOf(written: unknown): FakeFaults {
  const problem = faultsProblem(written);
  if (problem !== undefined) throw BadFaults({ problem });
  // The schema has just been checked.
  return written as FakeFaults;
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
