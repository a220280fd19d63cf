import { expect, test } from 'vitest';
import { memoize } from './memoize.ts';

test('a thing is made once for each object, even where nothing comes of it', () => {
  let made = 0;
  const open = memoize<{ readonly name: string }, number | undefined>(({ name }) => {
    made += 1;
    return name === 'nothing' ? undefined : made;
  });
  const one = { name: 'one' };
  const nothing = { name: 'nothing' };
  expect([open(one), open(one), open({ name: 'one' }), open(nothing), open(nothing), open(one)]).toEqual([
    1,
    1,
    2,
    undefined,
    undefined,
    1,
  ]);
  expect(made).toBe(3);
});
