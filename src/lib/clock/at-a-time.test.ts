import { expect, test } from 'vitest';
import { atATime } from './at-a-time.ts';

test('all is done, never more than so many at a time', async () => {
  const done: number[] = [];
  let underWay = 0;
  let most = 0;
  await atATime(3, [1, 2, 3, 4, 5, 6, 7], async (n) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await Promise.resolve();
    underWay -= 1;
    done.push(n);
  });
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test('a failure is told when what is under way has ended, and nothing is begun after it', async () => {
  const begun: number[] = [];
  let isOtherDone = false;
  const work = async (n: number) => {
    begun.push(n);
    if (n === 1) throw new Error('no');
    await new Promise((resolve) => setImmediate(resolve));
    isOtherDone = true;
  };
  await expect(atATime(2, [1, 2, 3, 4], work)).rejects.toThrow('no');
  expect(begun).toEqual([1, 2]);
  expect(isOtherDone).toBe(true);
});

test('of nothing, nothing is done', async () => {
  await atATime(3, [], () => Promise.reject(new Error('never')));
});
