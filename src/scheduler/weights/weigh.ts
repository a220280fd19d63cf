import type { HostState } from '../host-state.ts';
import type { ResolvedRequest } from '../request.ts';
import type { Weigher } from './weigher.ts';

/** How good each host is: what weighers say of it, each brought to 0..1 and times its multiplier, added up. */
export function weigh(
  hosts: readonly HostState[],
  request: ResolvedRequest,
  weighers: readonly (Weigher & { readonly multiplier: number })[],
): Float64Array {
  const sums = new Float64Array(hosts.length);
  // One array for all weighers: thousands of hosts are weighed for every request.
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

/** Brings values to 0..1 where they stand, `least` (or the smallest of them) being 0; where all are equal to that they tell nothing and become 0. */
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
