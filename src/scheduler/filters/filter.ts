import type { ResolvedRequest } from '../request.ts';
import type { HostState } from '../host-state.ts';

/** A filter's word on a host; a refusal says why, in numbers where there are any and without naming the host. */
export type Verdict = { readonly passes: true } | { readonly passes: false; readonly because: string };

export const pass: Verdict = { passes: true };
export const reject = (because: string): Verdict => ({ passes: false, because });

/** What a filter asks each host for one request. */
export type Check = (host: HostState) => Verdict;

/** A pure question about a host and a request. */
export interface Filter {
  /** As operators write it in `enabled_filters`. */
  readonly name: string;
  /** Whether it is asked of a server that is rebuilt where it is (Nova's RUN_ON_REBUILD). */
  readonly onRebuild?: boolean;
  /**
   * The question for one request: what depends on the request alone is worked out here, once, and not for each of thousands of
   * hosts. Undefined when the request wants nothing that this filter looks at: then all pass.
   */
  readonly checkFor: (request: ResolvedRequest) => Check | undefined;
}
