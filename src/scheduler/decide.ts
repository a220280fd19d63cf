import type { Ids } from '../lib/clock/ids.ts';
import { bestOf } from './best-of.ts';
import type { Filter } from './filters/filter.ts';
import { throughFilters } from './filters/through-filters.ts';
import type { HostState } from './host-state.ts';
import type { SchedulerOptions } from './options.ts';
import type { Refusal, ResolvedRequest } from './request.ts';
import { weigh } from './weights/weigh.ts';
import type { Weighed } from './weights/weigher.ts';

/** The scheduler's configuration: its filters and weighers, and how many alternates it names. */
export interface Rules {
  readonly filters: readonly Filter[];
  readonly weighers: readonly Weighed[];
  readonly options: SchedulerOptions;
  /** The number of hosts in the answer: the chosen one and its alternates (`max_attempts`). */
  readonly maxHosts: number;
  /** The chosen host is drawn at random from this many of the best (`host_subset_size`). */
  readonly subsetSize: number;
}

export interface Decision {
  /** The chosen one and its alternates, best first; empty when every host was refused. */
  readonly hosts: readonly HostState[];
  readonly refusals: readonly Refusal[];
  /** The weights of the chosen host and of the best others. */
  readonly weights: readonly { readonly host: string; readonly weight: number }[];
}

/** How many weights the record of a decision keeps. */
const MAX_RECORDED_WEIGHTS = 20;

/** Scheduling as a pure function of a snapshot: filters the hosts one filter after the other, then weighs them, then picks the best. */
export function decide(hosts: readonly HostState[], request: ResolvedRequest, rules: Rules, ids: Ids): Decision {
  const { remaining, refusals } = throughFilters(hosts, request, rules);
  const weights = weigh(remaining, request, rules);
  const places = chooseAmongBest(weights, rules, ids);
  return {
    hosts: places.slice(0, rules.maxHosts).flatMap((place) => remaining[place] ?? []),
    refusals,
    weights: places
      .slice(0, MAX_RECORDED_WEIGHTS)
      .flatMap((place) => ({ host: remaining[place]?.host ?? '', weight: weights[place] ?? 0 })),
  };
}

/** The indexes of the best hosts, a randomly drawn one first, so that concurrent schedulers do not all choose the same host. */
function chooseAmongBest(weights: Float64Array, { maxHosts, subsetSize }: Rules, ids: Ids): readonly number[] {
  const best = bestOf(weights, Math.max(maxHosts, subsetSize, MAX_RECORDED_WEIGHTS));
  const highest = weights[best[0] ?? 0];
  const equals = weights.reduce((count, weight) => (weight === highest ? count + 1 : count), 0);
  const candidates = Math.max(equals, Math.min(subsetSize, best.length));
  if (candidates < 2) return best;
  const drawn = ids.below(candidates);
  // Equal weights keep the order of the hosts, so the drawn one may lie beyond the kept best.
  const chosen = best[drawn] ?? placeOfEqual(weights, highest, drawn);
  return [chosen, ...best.filter((place) => place !== chosen)];
}

function placeOfEqual(weights: Float64Array, weight: number | undefined, number: number): number {
  let place = weights.indexOf(weight ?? 0);
  for (let passed = 0; passed < number; passed += 1) place = weights.indexOf(weight ?? 0, place + 1);
  return place;
}
