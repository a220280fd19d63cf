import type { Ids } from '../lib/clock/ids.ts';
import type { Filter } from './filters/filter.ts';
import type { HostState } from './host-state.ts';
import type { Refusal, RequestSpec } from './request.ts';
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
  /** Best first; empty when every host was refused. */
  readonly hosts: readonly HostState[];
  readonly refusals: readonly Refusal[];
  readonly weights: readonly { readonly host: string; readonly weight: number }[];
}

/** The whole of scheduling as a function of a snapshot: filters one by one over those still in, then weights, then the best. */
export function decide(hosts: readonly HostState[], request: RequestSpec, rules: Rules, ids: Ids): Decision {
  const { remaining, refusals } = filtered(hosts, request, rules.filters);
  const weighed = weigh(remaining, request, rules.weighers);
  const best = chooseAmongBest(weighed, rules.subsetSize, ids);
  return {
    hosts: best.slice(0, rules.maxHosts).map(({ host }) => host),
    refusals,
    weights: weighed.slice(0, MAX_RECORDED_WEIGHTS).map(({ host, weight }) => ({ host: host.host, weight })),
  };
}

/** How many weights a decision keeps for its record. */
const MAX_RECORDED_WEIGHTS = 20;

function filtered(hosts: readonly HostState[], request: RequestSpec, filters: readonly Filter[]) {
  let remaining = hosts;
  const refusals: Refusal[] = [];
  for (const filter of filters) {
    const passed: HostState[] = [];
    const refused: Refusal['refused'] = [];
    for (const host of remaining) {
      const verdict = filter.check(host, request);
      if (verdict.passes) passed.push(host);
      else refused.push({ host: host.host, because: verdict.because });
    }
    if (refused.length > 0) refusals.push({ filter: filter.name, seen: remaining.length, refused });
    remaining = passed;
  }
  return { remaining, refusals };
}

interface Weighed {
  readonly host: HostState;
  readonly weight: number;
}

function weigh(hosts: readonly HostState[], request: RequestSpec, weighers: Rules['weighers']): Weighed[] {
  const sums = hosts.map(() => 0);
  for (const { raw, multiplier, least } of weighers) {
    const values = hosts.map((host) => raw(host, request));
    normalise(values, least).forEach((value, i) => {
      sums[i] = (sums[i] ?? 0) + multiplier * value;
    });
  }
  return hosts.map((host, i) => ({ host, weight: sums[i] ?? 0 })).sort((a, b) => b.weight - a.weight);
}

/** Brings values to 0..1, `least` (or the smallest of them) being 0; where all are equal to that they tell nothing and become 0. */
export function normalise(values: readonly number[], least = Number.POSITIVE_INFINITY): number[] {
  let min = least;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return values.map((value) => (max > min ? (value - min) / (max - min) : 0));
}

/** Brings one of the best to the front, so that many schedulers at once do not all choose the same. */
function chooseAmongBest(weighed: readonly Weighed[], subsetSize: number, ids: Ids): readonly Weighed[] {
  const equals = weighed.findIndex(({ weight }) => weight < (weighed[0]?.weight ?? 0));
  const candidates = Math.max(equals === -1 ? weighed.length : equals, Math.min(subsetSize, weighed.length));
  if (candidates < 2) return weighed;
  const chosen = weighed[ids.below(candidates)];
  return chosen ? [chosen, ...weighed.filter((other) => other !== chosen)] : weighed;
}
