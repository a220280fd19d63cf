import { expect, test } from 'vitest';
import { BuildSlots } from './build-slots.ts';

const never = new AbortController().signal;

/** Builds that end when told, and a log of which began. */
function site(limit: number) {
  const slots = new BuildSlots(limit);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const build = (name: string, signal = never) =>
    slots.use(signal, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      return name;
    });
  return { begun, build, end: (name: string) => ends.get(name)?.() };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('no more builds run at once than there are slots, and the queue is first in, first out', async () => {
  const { begun, build, end } = site(2);
  const all = Promise.all(['a', 'b', 'c', 'd'].map((name) => build(name)));
  await settle();
  expect(begun).toEqual(['a', 'b']);
  end('b');
  await settle();
  expect(begun).toEqual(['a', 'b', 'c']);
  end('a');
  await settle();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  end('c');
  end('d');
  expect(await all).toEqual(['a', 'b', 'c', 'd']);
});

test('a build that fails gives its slot back', async () => {
  const slots = new BuildSlots(1);
  await expect(slots.use(never, () => Promise.reject(new Error('broken image')))).rejects.toThrow('broken image');
  expect(await slots.use(never, () => Promise.resolve('built'))).toBe('built');
});

test('an aborted build leaves the queue, and the next one gets the slot', async () => {
  const { begun, build, end } = site(1);
  const gone = new AbortController();
  const first = build('first');
  const second = build('second', gone.signal);
  const third = build('third');
  gone.abort(new Error('not wanted any more'));
  await expect(second).rejects.toThrow('not wanted any more');
  end('first');
  await settle();
  expect(begun).toEqual(['first', 'third']);
  end('third');
  expect(await Promise.all([first, third])).toEqual(['first', 'third']);
});

test('the slot of a build that is aborted as it gets it goes to the next', async () => {
  const { begun, build, end } = site(1);
  const gone = new AbortController();
  const first = build('first');
  const second = build('second', gone.signal).catch(() => 'gave up');
  const third = build('third');
  await settle();
  end('first');
  await first.then(() => gone.abort());
  await settle();
  end('second');
  await settle();
  expect(begun.at(-1)).toBe('third');
  end('third');
  expect(await third).toBe('third');
  await second;
});

test('a build that is aborted beforehand never starts', async () => {
  const { begun, build } = site(1);
  await expect(build('a', AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  expect(begun).toEqual([]);
});
