import { describe, expect, test } from 'vitest';
import { ManualClock } from '../clock/manual-clock.ts';
import { AnswerMemory } from './answer-memory.ts';

/** Runs under a key and tells whether it ran. */
const asker = (memory: AnswerMemory) => {
  let runs = 0;
  return async (key: string, text = 'x') => {
    const before = runs;
    await memory.once(key, async () => {
      runs += 1;
      return text;
    });
    return runs > before;
  };
};

describe('the memory of answers', () => {
  test('joins a run that is under way', async () => {
    const memory = new AnswerMemory(new ManualClock());
    const { promise, resolve } = Promise.withResolvers<string>();
    const first = memory.once('a', () => promise);
    const second = memory.once('a', () => Promise.reject(new Error('ran twice')));
    resolve('answer');
    expect(await Promise.all([first, second])).toEqual(['answer', 'answer']);
  });

  test('forgets the oldest when there are too many', async () => {
    const ran = asker(new AnswerMemory(new ManualClock(), { count: 2 }));
    for (const key of ['a', 'b', 'c']) await ran(key);
    expect([await ran('c'), await ran('b'), await ran('a')]).toEqual([false, false, true]);
  });

  test('forgets the oldest when the answers are too large', async () => {
    const ran = asker(new AnswerMemory(new ManualClock(), { bytes: 10 }));
    await ran('a', '123456');
    await ran('b', '123456');
    expect([await ran('b'), await ran('a')]).toEqual([false, true]);
  });

  test('forgets what is old', async () => {
    const clock = new ManualClock();
    const ran = asker(new AnswerMemory(clock, { ageMs: 1_000 }));
    await ran('a');
    await clock.advance(999);
    expect(await ran('a')).toBe(false);
    await clock.advance(1);
    expect(await ran('a')).toBe(true);
  });
});
