import type { HostState } from '../host-state.ts';
import type { ResolvedRequest } from '../request.ts';
import type { Weigher } from './weigher.ts';

/** The weight of each host: the sum of its weighers' values, each normalised to 0..1 and multiplied. */
export function weigh(
  hosts: readonly HostState[],
  request: ResolvedRequest,
  weighers: readonly (Weigher & { readonly multiplier: number })[],
): Float64Array {
  const sums = new Float64Array(hosts.length);
  // One array is reused for all weighers: every request weighs thousands of hosts.
  const values = new Float64Array(hosts.length);
  for (const { raw, multiplier, least, concerns } of weighers) {
    if (concerns && !concerns(request)) continue;
    hosts.forEach((host, place) => {
      values[place] = raw(host, request);
    });
    normalise(values, least);
    for (let place = 0; place < sums.length; place += 1) sums[place] = (sums[place] ?? 0) + multiplier * (values[place] ?? 0);
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
