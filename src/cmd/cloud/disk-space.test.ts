import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { lackOfSpace, needingSpace, spaceOf } from './disk-space.ts';

// Fault 2026-11 B7.
test('a disk is full when the database could not begin another file', () => {
  expect([
    lackOfSpace({ freeMb: 0, totalMb: 20 }),
    lackOfSpace({ freeMb: 15, totalMb: 20 }),
    lackOfSpace({ freeMb: 16, totalMb: 20 }),
  ]).toEqual(['no space left: 0 of 20 MB free', 'no space left: 15 of 20 MB free', undefined]);
});

test('the space of a directory is that of its file system', async () => {
  const { freeMb, totalMb } = await spaceOf(tmpdir());
  expect(freeMb).toBeLessThanOrEqual(totalMb);
  expect(totalMb).toBeGreaterThan(0);
});

const code = (name: string) => Object.assign(new Error(`${name}: no space left on device, write`), { code: name });

// Fault 2026-11 B7.
test.each([
  ['of our own', code('ENOSPC')],
  ['of PostgreSQL', new Error('could not extend file "base/1/2691": wrote only 4096 of 8192 bytes at block 10')],
  ['of a program that we ran', new Error('initdb failed', { cause: new Error('could not write: No space left on device\nremoving it') })],
])('a write %s that fails on a full disk is told with the directory and its space', async (_, failure) => {
  await expect(needingSpace(tmpdir(), () => Promise.reject(failure))).rejects.toThrow(
    new RegExp(`^no space left on ${tmpdir()}: \\d+ of \\d+ MB free$`),
  );
});

test('any other failure stays as it is', async () => {
  const failure = new Error('it failed');
  await expect(needingSpace(tmpdir(), () => Promise.reject(failure))).rejects.toBe(failure);
});
