import { expect, test } from 'vitest';
import { untilAborted } from './until-aborted.ts';

test('work that ends first gives its outcome', async () => {
  const { signal } = new AbortController();
  expect(await untilAborted(signal, Promise.resolve('done'))).toBe('done');
  await expect(untilAborted(signal, Promise.reject(new Error('failed')))).rejects.toThrow('failed');
});

test('work that fails after the signal aborted, or was aborted from the start, is no unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    const stop = new AbortController();
    const works = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    const before = untilAborted(stop.signal, works[0].promise);
    stop.abort(new Error('stopped'));
    await expect(before).rejects.toThrow('stopped');
    await expect(untilAborted(stop.signal, works[1].promise)).rejects.toThrow('stopped');
    for (const { reject } of works) reject(new Error('late'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});
