/** Does the work for each of many things, a few at a time. After a failure nothing more is begun; it is told when what is under way has ended. */
export async function atATime<T>(limit: number, things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
  const left = oneByOne(things);
  const lane = async (): Promise<void> => {
    for (const thing of left) await work(thing);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, things.length) }, lane));
  for (const one of lanes) if (one.status === 'rejected') throw one.reason;
}

/** A generator, unlike an array's own iterator, ends for all who share it when one of them leaves it with an error. */
function* oneByOne<T>(things: readonly T[]): Generator<T> {
  yield* things;
}
