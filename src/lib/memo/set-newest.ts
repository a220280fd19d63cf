/** Makes an entry the newest of a map, and deletes the oldest ones beyond `most`: with it a map is a bounded cache. */
export function setNewest<K, V>(map: Map<K, V>, [key, value]: readonly [K, V], most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
