import type { HostState } from '../host-state.ts';
import type { SchedulerOptions } from '../options.ts';
import type { Lookup, ResolvedRequest } from '../request.ts';

/** A filter's verdict on a host. A refusal gives the reason, with numbers if any, and without the host's name. */
export type Verdict = { readonly passes: true } | { readonly passes: false; readonly because: string };

export const pass: Verdict = { passes: true };
export const reject = (because: string): Verdict => ({ passes: false, because });

/** A filter's check of a host, for one request. */
export type Check = (host: HostState) => Verdict;

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
}
