/** From this count on, sorting everything is cheaper than maintaining a sorted list of the best. */
const MANY = 64;

/** The indexes of the `count` highest numbers, highest first; among equals the lower index first. */
export function bestOf(weights: Float64Array, count: number): readonly number[] {
  if (count >= MANY) return sorted(weights).slice(0, count);
  const best: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < weights.length; place += 1) {
    const weight = weights[place] ?? 0;
    if (best.length >= count && weight <= least) continue;
    let at = best.length;
    while (at > 0 && (weights[best[at - 1] ?? 0] ?? 0) < weight) at -= 1;
    best.splice(at, 0, place);
    if (best.length > count) best.pop();
    least = weights[best[best.length - 1] ?? 0] ?? least;
  }
  return best;
}

const sorted = (weights: Float64Array): readonly number[] =>
  Array.from(weights.keys()).sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0));
