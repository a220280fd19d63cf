import { expect, test } from 'vitest';
import { asId, type TaskId } from '../../objects/ids.ts';
import { DoneTasks } from './done-tasks.ts';

const id = (name: string) => asId<TaskId>(name);

test('a task without a result is remembered too', () => {
  const done = new DoneTasks();
  done.add(id('a'), undefined);
  done.add(id('b'), null);
  expect([done.find(id('a')), done.find(id('b')), done.find(id('c'))]).toEqual([{ result: undefined }, { result: null }, undefined]);
});

test('the oldest is evicted when tasks or the size of their results pass the limit', () => {
  const done = new DoneTasks({ tasks: 3, chars: 20 });
  for (const name of ['a', 'b', 'c', 'd']) done.add(id(name), name);
  expect(done.find(id('a'))).toBe(undefined);
  expect(done.find(id('b'))).toEqual({ result: 'b' });
  done.add(id('e'), 'x'.repeat(13));
  expect(['b', 'c', 'd', 'e'].filter((name) => done.find(id(name)))).toEqual(['d', 'e']);
  // Added again, it is not counted twice.
  for (let times = 0; times < 5; times += 1) done.add(id('d'), 'd');
  expect(['d', 'e'].filter((name) => done.find(id(name)))).toEqual(['d', 'e']);
});
