/** Works something out once for each object, whoever asks first; it is forgotten with the object. */
export function oncePer<K extends object, V>(make: (one: K) => V): (one: K) => V {
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
