import type { Ids } from '../lib/clock/ids.ts';
import { bestOf } from './best-of.ts';
import type { Filter } from './filters/filter.ts';
import { throughFilters } from './filters/through-filters.ts';
import type { HostState } from './host-state.ts';
import type { Refusal, ResolvedRequest } from './request.ts';
import { weigh } from './weights/weigh.ts';
import type { Weigher } from './weights/weigher.ts';

/** How the scheduler decides: which filters and weighers, and how many alternates it names. */
export interface Rules {
  readonly filters: readonly Filter[];
  readonly weighers: readonly (Weigher & { readonly multiplier: number })[];
  /** Hosts named in all, the chosen one and its alternates (`max_attempts`). */
  readonly maxHosts: number;
  /** The choice is made at random among so many of the best (`host_subset_size`). */
  readonly subsetSize: number;
}

export interface Decision {
  /** The chosen one and its alternates, best first; empty when every host was refused. */
  readonly hosts: readonly HostState[];
  readonly refusals: readonly Refusal[];
  /** The chosen one's, and those of the best others. */
  readonly weights: readonly { readonly host: string; readonly weight: number }[];
}

/** How many weights a decision keeps for its record. */
const MAX_RECORDED_WEIGHTS = 20;

/** The whole of scheduling as a function of a snapshot: filters one by one over those still in, then weights, then the best. */
export function decide(hosts: readonly HostState[], request: ResolvedRequest, rules: Rules, ids: Ids): Decision {
  const { remaining, refusals } = throughFilters(hosts, request, rules.filters);
  const weights = weigh(remaining, request, rules.weighers);
  const places = chooseAmongBest(weights, rules, ids);
  return {
    hosts: places.slice(0, rules.maxHosts).flatMap((place) => remaining[place] ?? []),
    refusals,
    weights: places
      .slice(0, MAX_RECORDED_WEIGHTS)
      .flatMap((place) => ({ host: remaining[place]?.host ?? '', weight: weights[place] ?? 0 })),
  };
}

/** Where the best stand, after one that is drawn among them, so that many schedulers at once do not all choose the same. */
function chooseAmongBest(weights: Float64Array, { maxHosts, subsetSize }: Rules, ids: Ids): readonly number[] {
  const best = bestOf(weights, Math.max(maxHosts, subsetSize, MAX_RECORDED_WEIGHTS));
  const highest = weights[best[0] ?? 0];
  const equals = weights.reduce((count, weight) => (weight === highest ? count + 1 : count), 0);
  const candidates = Math.max(equals, Math.min(subsetSize, best.length));
  if (candidates < 2) return best;
  const drawn = ids.below(candidates);
  // Equals stand in the order of the hosts, also those that are too many to be among the best.
  const chosen = best[drawn] ?? placeOfEqual(weights, highest, drawn);
  return [chosen, ...best.filter((place) => place !== chosen)];
}

function placeOfEqual(weights: Float64Array, weight: number | undefined, number: number): number {
  let place = weights.indexOf(weight ?? 0);
  for (let passed = 0; passed < number; passed += 1) place = weights.indexOf(weight ?? 0, place + 1);
  return place;
}
