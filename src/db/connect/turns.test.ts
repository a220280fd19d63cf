import { expect, test } from 'vitest';
import { ManualClock } from '../../lib/clock/manual-clock.ts';
import { Turns } from './turns.ts';

const clock = new ManualClock();
const turnsOf = (places: number) => new Turns({ places, timeoutMs: 1_000, late: () => new Error('late'), clock });

/** Asks for a place for each party; the list of those that got one grows as they do. */
function ask(turns: Turns, parties: readonly (string | undefined)[]): string[] {
  const served: string[] = [];
  for (const party of parties) void turns.take(party).then(() => served.push(party ?? 'nobody'));
  return served;
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

// Fault 2026-11 B5.
test('parties get places in turn, however many of one wait', async () => {
  const turns = turnsOf(1);
  await turns.take('a');
  const served = ask(turns, ['a', 'a', 'a', 'b', 'c', undefined, 'b']);
  expect(turns.waiting).toBe(7);
  for (const last of ['a', 'a', 'b', 'c', undefined, 'a', 'b']) {
    turns.giveBack(last);
    await settle();
  }
  expect(served).toEqual(['a', 'b', 'c', 'nobody', 'a', 'b', 'a']);
  expect(turns.waiting).toBe(0);
});

// Fault 2026-11 B5.
test('one party cannot have all places, the cloud itself can', async () => {
  const turns = turnsOf(5);
  const served = ask(turns, ['a', 'a', 'a', 'a', 'a']);
  await settle();
  expect([served.length, turns.waiting]).toEqual([4, 1]);
  await turns.take('b');
  turns.giveBack('b');
  await settle();
  expect([served.length, turns.waiting]).toEqual([4, 1]);
  turns.giveBack('a');
  await settle();
  expect([served.length, turns.waiting]).toEqual([5, 0]);

  const own = ask(turnsOf(5), Array.from({ length: 5 }));
  await settle();
  expect(own).toHaveLength(5);
});

test('who waits too long gets an error, and no place is lost by it', async () => {
  const turns = turnsOf(1);
  await turns.take('a');
  const late = turns.take('a');
  const failed = expect(late).rejects.toThrow('late');
  await clock.advance(1_000);
  await failed;
  expect(turns.waiting).toBe(0);
  turns.giveBack('a');
  await turns.take('b');
});
