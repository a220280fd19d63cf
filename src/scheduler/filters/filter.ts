import type { HostState } from '../host-state.ts';
import type { SchedulerOptions } from '../options.ts';
import type { Lookup, ResolvedRequest } from '../request.ts';

/** A filter's verdict on a host. A refusal gives the reason, with numbers if any, and without the host's name. */
export type Verdict = { readonly passes: true } | { readonly passes: false; readonly because: string };

export const pass: Verdict = { passes: true };
export const reject = (because: string): Verdict => ({ passes: false, because });

/** A filter's check of a host, for one request. */
export type Check = (host: HostState) => Verdict;

/** What would have to be otherwise for a refused host to pass. */
export interface Remedy {
  /** In words that follow "it would fit": `with 512 MB of memory less`. */
  readonly change: string;
  /** How much of what was asked for it gives up: 0.1 of the memory, 1 for a whole wish. */
  readonly cost: number;
}

/** A filter: a pure function of a host and a request. */
export interface Filter {
  /** The name in `enabled_filters`. */
  readonly name: string;
  /** Whether it also runs for a rebuild (Nova's RUN_ON_REBUILD). */
  readonly onRebuild?: boolean;
  /** What must be looked up before it runs; only filters that are enabled cost that. */
  readonly needs?: Lookup;
  /**
   * Makes the check for one request: what depends only on the request is computed once here, not for each of thousands of
   * hosts. Undefined when the filter does not apply to the request: then all hosts pass.
   */
  readonly checkFor: (request: ResolvedRequest, options: SchedulerOptions) => Check | undefined;
  /** For a host that it refuses; undefined if no other request helps. Only asked when a decision is explained. */
  readonly remedy?: (host: HostState, request: ResolvedRequest) => Remedy | undefined;
}

/** A remedy that gives up a whole wish. */
export const giveUp = (change: string) => (): Remedy => ({ change, cost: 1 });

/** A remedy that asks for less, if less than nothing is not needed. */
export const askForLess = ({ wanted, free, noun }: { wanted: number; free: number; noun: string }): Remedy | undefined =>
  free < 0 ? undefined : { change: `with ${wanted - free} ${noun} less`, cost: (wanted - free) / wanted };
