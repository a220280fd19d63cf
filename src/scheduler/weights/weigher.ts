import type { HostState } from '../host-state.ts';
import type { SchedulerOptions } from '../options.ts';
import type { Lookup, ResolvedRequest } from '../request.ts';

/** Rates hosts in one respect; the raw values are normalised to 0..1, multiplied and added up. */
export interface Weigher {
  readonly name: string;
  /** The option with its multiplier (negative: lower values are better). Aggregates override it by metadata of this name. */
  readonly multiplierOption: string;
  /** The raw value that maps to 0; by default the lowest of all hosts. */
  readonly least?: number;
  /** Whether the request wants what it looks at; without it, it is not asked. Always, when not said. */
  readonly concerns?: (request: ResolvedRequest, options: SchedulerOptions) => boolean;
  /** What must be looked up before it weighs; only where its multiplier is not 0. */
  readonly needs?: Lookup;
  readonly raw: (host: HostState, request: ResolvedRequest, options: SchedulerOptions) => number;
}

/** A weigher with the multiplier that is configured. */
export type Weighed = Weigher & { readonly multiplier: number };
