import type { ResolvedRequest } from '../request.ts';
import type { HostState } from '../host-state.ts';

/** Rates hosts in one respect; the raw values are normalised to 0..1, multiplied and added up. */
export interface Weigher {
  readonly name: string;
  /** The option with its multiplier (negative: lower values are better). */
  readonly multiplierOption: string;
  /** The raw value that maps to 0; by default the lowest of all hosts. */
  readonly least?: number;
  /** Whether the request wants what it looks at; without it, it is not asked. Always, when not said. */
  readonly concerns?: (request: ResolvedRequest) => boolean;
  readonly raw: (host: HostState, request: ResolvedRequest) => number;
}
