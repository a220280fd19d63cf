import type { RequestSpec } from '../request.ts';
import type { HostState } from '../host-state.ts';

/** A filter's word on a host; a refusal says why, in numbers where there are any and without naming the host. */
export type Verdict = { readonly passes: true } | { readonly passes: false; readonly because: string };

export const pass: Verdict = { passes: true };
export const reject = (because: string): Verdict => ({ passes: false, because });

/** A pure question about one host and one request. */
export interface Filter {
  /** As operators write it in `enabled_filters`. */
  readonly name: string;
  readonly check: (host: HostState, request: RequestSpec) => Verdict;
}
