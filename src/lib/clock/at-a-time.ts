/** Runs the work for each thing with bounded concurrency. After a failure it starts nothing more, waits for what is running, and throws. */
export async function atATime<T>(limit: number, things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
  const left = oneByOne(things);
  const lane = async (): Promise<void> => {
    for (const thing of left) await work(thing);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, things.length) }, lane));
  for (const one of lanes) if (one.status === 'rejected') throw one.reason;
}

/** A generator, unlike an array's iterator, ends for all loops that share it when one of them leaves with an error. */
function* oneByOne<T>(things: readonly T[]): Generator<T> {
  yield* things;
}
