import { expect, test } from 'vitest';
import { silentLog } from '../log/log.ts';
import { Lifetime } from './lifetime.ts';

function lifetime() {
  const life = new Lifetime(silentLog);
  const given: string[] = [];
  const take = (what: string) => life.hold(what, what, (thing) => void given.push(thing));
  return { life, given, take };
}

test('what is held is given back once, the last first', async () => {
  const { life, given, take } = lifetime();
  take('a');
  take('b');
  await life.end();
  await life.end();
  expect(given).toEqual(['b', 'a']);
});

test('what takes work in is wound down together, before anything is given back', async () => {
  const { life, given, take } = lifetime();
  const both = Promise.withResolvers<void>();
  life.windDown('one', () => both.promise.then(() => void given.push('one')));
  take('what both need');
  life.windDown('two', async () => {
    given.push('two');
    both.resolve();
  });
  await life.end();
  expect(given).toEqual(['two', 'one', 'what both need']);
});

test('what cannot be given back keeps nothing else from it', async () => {
  const { life, given, take } = lifetime();
  take('a');
  life.hold('stuck', 'stuck', () => Promise.reject(new Error('no')));
  await life.end();
  expect(given).toEqual(['a']);
});

test('whoever takes something after the end began goes no further, and what they took is given back', async () => {
  const { life, given, take } = lifetime();
  const slow = Promise.withResolvers<void>();
  life.hold('slow', 'slow', () => slow.promise);
  const ending = life.end();
  expect(() => take('late')).toThrow('the program stops');
  slow.resolve();
  await ending;
  expect(() => take('later')).toThrow('the program stops');
  await life.end();
  expect(given).toEqual(['late', 'later']);
});

test('background work is awaited', async () => {
  const { life, given } = lifetime();
  const work = new Promise<void>((resolve) => life.signal.addEventListener('abort', () => resolve()));
  life.run(
    'work',
    work.then(() => void given.push('worked')),
  );
  await life.end();
  expect(given).toEqual(['worked']);
});
