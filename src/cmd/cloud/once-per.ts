/** Makes a thing once for each program, whichever of its services asks first. */
export function oncePer<K extends object, V>(make: (program: K) => V): (program: K) => V {
  const made = new WeakMap<K, { readonly value: V }>();
  return (program) => {
    const known = made.get(program) ?? { value: make(program) };
    made.set(program, known);
    return known.value;
  };
}
