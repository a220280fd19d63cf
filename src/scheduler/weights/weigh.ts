import { leastOf } from '../aggregate-metadata.ts';
import type { HostState } from '../host-state.ts';
import type { SchedulerOptions } from '../options.ts';
import type { ResolvedRequest } from '../request.ts';
import type { Weighed } from './weigher.ts';

/** Told what each weigher adds to the weight of each host; only who explains a decision listens. */
export type Note = (weigher: Weighed, place: number, raw: number, share: number) => void;

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
  const mayOverride = hosts.some(({ aggregates }) => aggregates.length > 0);
  for (const weigher of weighers) {
    const { raw, concerns, multiplier } = weigher;
    if (concerns && !concerns(request, options)) continue;
    if (multiplier === 0 && !mayOverride) continue;
    let place = 0;
    for (const host of hosts) values[place++] = raw(host, request, options);
    const raws = note && Float64Array.from(values);
    // Most of the time most hosts are alike in most respects: then nothing is added.
    if (!isNormalised(values, weigher.least)) continue;
    if (mayOverride) multiplyEach(values, hosts, weigher);
    else multiply(values, weigher.multiplier);
    for (let at = 0; at < sums.length; at += 1) sums[at] = (sums[at] ?? 0) + (values[at] ?? 0);
    if (note) raws?.forEach((value, at) => note(weigher, at, value, values[at] ?? 0));
  }
  return sums;
}

function multiply(values: Float64Array, factor: number): void {
  if (factor === 1) return;
  for (let place = 0; place < values.length; place += 1) values[place] = factor * (values[place] ?? 0);
}

/** Multiplies with what the aggregates of each host set, if they do. */
function multiplyEach(values: Float64Array, hosts: readonly HostState[], { multiplier, multiplierOption }: Weighed): void {
  hosts.forEach((host, place) => {
    values[place] = (leastOf(host, multiplierOption) ?? multiplier) * (values[place] ?? 0);
  });
}

/** Normalises values to 0..1 in place; `least` (default: the minimum) becomes 0. If all values equal it, all become 0. */
export function normalise(values: Float64Array, least?: number): Float64Array {
  if (!isNormalised(values, least)) values.fill(0);
  return values;
}

/** Normalises values in place; false, without a change, if all equal the least. */
function isNormalised(values: Float64Array, least = Number.POSITIVE_INFINITY): boolean {
  let min = least;
  let max = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place] ?? 0;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const range = max - min;
  if (!(range > 0)) return false;
  for (let place = 0; place < values.length; place += 1) values[place] = ((values[place] ?? 0) - min) / range;
  return true;
}
