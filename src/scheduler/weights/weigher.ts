import type { ResolvedRequest } from '../request.ts';
import type { HostState } from '../host-state.ts';

/** How good a host is in one respect; raw numbers of all hosts are brought to 0..1, then multiplied and added up. */
export interface Weigher {
  readonly name: string;
  /** The option that says how much it counts (negative: the less the better). */
  readonly multiplierOption: string;
  /** The raw number that counts as nothing; that of the poorest host, when not said. */
  readonly least?: number;
  /** Whether the request wants what it looks at; without it, it is not asked. Always, when not said. */
  readonly concerns?: (request: ResolvedRequest) => boolean;
  readonly raw: (host: HostState, request: ResolvedRequest) => number;
}
