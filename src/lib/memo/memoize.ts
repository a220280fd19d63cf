/** Caches one result per object, computed at the first call and garbage-collected with the object. */
export function memoize<K extends object, V>(make: (one: K) => V): (one: K) => V {
  const made = new WeakMap<K, { readonly value: V }>();
  return (one) => {
    let known = made.get(one);
    if (!known) {
      known = { value: make(one) };
      made.set(one, known);
    }
    return known.value;
  };
}
