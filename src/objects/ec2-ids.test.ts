import { expect, test } from 'vitest';
import { digitsIn, imageIdOf, instanceIdOf, numberOf } from './ec2-ids.ts';

test.each([1, 42, 0x7fffffff])('the instance id of server %i leads back to it', (number) => {
  expect(numberOf(instanceIdOf({ number }))).toBe(number);
});

test.each(['i-', 'i-1', 'i-0000000g', 'i-80000000', 'I-00000001', 'ami-00000001', 'i-00000001 '])('%j is no instance', (id) => {
  expect(numberOf(id)).toBeUndefined();
});

test('image ids', () => {
  const id = 'b93fd0cc-0000-4000-8000-000000000001';
  expect(imageIdOf('aki', id)).toBe('aki-b93fd0cc');
  expect([digitsIn('ami-b93fd0cc'), digitsIn('ari-b93fd0cc'), digitsIn('abi-b93fd0cc'), digitsIn('ami-B93FD0CC')]).toEqual([
    'b93fd0cc',
    'b93fd0cc',
    undefined,
    undefined,
  ]);
});
