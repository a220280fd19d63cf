import { leastOf } from '../aggregate-metadata.ts';
import type { HostState } from '../host-state.ts';
import type { SchedulerOptions } from '../options.ts';
import type { ResolvedRequest } from '../request.ts';
import type { Weighed } from './weigher.ts';

/** Told what each weigher adds to the weight of each host; only who explains a decision listens. */
export type Note = (weigher: Weighed, place: number, value: number, share: number) => void;

interface Weighing {
  readonly weighers: readonly Weighed[];
  readonly options: SchedulerOptions;
  readonly note?: Note;
}

/** The weight of each host: the sum of its weighers' values, each normalised to 0..1 and multiplied. */
export function weigh(hosts: readonly HostState[], request: ResolvedRequest, { weighers, options, note }: Weighing): Float64Array {
  const sums = new Float64Array(hosts.length);
  // One array is reused for all weighers: every request weighs thousands of hosts.
  const values = new Float64Array(hosts.length);
  for (const weigher of weighers) {
    const { raw, multiplier, multiplierOption, least, concerns } = weigher;
    if (concerns && !concerns(request, options)) continue;
    hosts.forEach((host, place) => {
      values[place] = raw(host, request, options);
    });
    const raws = note && Float64Array.from(values);
    normalise(values, least);
    for (let place = 0; place < sums.length; place += 1) {
      const host = hosts[place];
      const factor = host && host.aggregates.length > 0 ? (leastOf(host, multiplierOption) ?? multiplier) : multiplier;
      const share = factor * (values[place] ?? 0);
      sums[place] = (sums[place] ?? 0) + share;
      note?.(weigher, place, raws?.[place] ?? 0, share);
    }
  }
  return sums;
}

/** Normalises values to 0..1 in place; `least` (default: the minimum) becomes 0. If all values equal it, all become 0. */
export function normalise(values: Float64Array, least = Number.POSITIVE_INFINITY): Float64Array {
  let min = least;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const range = max - min;
  for (let place = 0; place < values.length; place += 1) values[place] = range > 0 ? ((values[place] ?? 0) - min) / range : 0;
  return values;
}
