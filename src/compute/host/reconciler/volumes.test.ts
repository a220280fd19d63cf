import { expect, test } from 'vitest';
import { differingVolumes } from './volumes.ts';

const whole = (volumeId: string) => ({ volumeId, isWhole: true });

test.each([
  ['the same volumes', [whole('a'), whole('b')], ['b', 'a'], []],
  ['a volume that the guest lacks', [whole('a')], ['a', 'b'], ['b']],
  ['one that it lacks at its next start', [{ volumeId: 'a', isWhole: false }], ['a'], ['a']],
  ['one that its server has not', [whole('a'), { volumeId: 'b', isWhole: false }], ['a'], ['b']],
])('%s', (_what, plugged, listed, differing) => {
  expect(differingVolumes(plugged, listed)).toEqual(differing);
});
