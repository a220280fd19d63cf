import { expect, test } from 'vitest';
import { hashPassword, passwordMatches } from './password-hash.ts';

test('a password matches its hash and no other does', async () => {
  const hash = await hashPassword('correct horse');
  expect([
    await passwordMatches('correct horse', hash),
    await passwordMatches('correct horsf', hash),
    await passwordMatches('', hash),
  ]).toEqual([true, false, false]);
});

test('one password has a different hash each time, and none of them contains it', async () => {
  const hashes = await Promise.all([hashPassword('same'), hashPassword('same')]);
  expect(new Set(hashes).size).toBe(2);
  expect(hashes.join()).not.toContain('same');
  expect(hashes[0]).toMatch(/^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
});

test('passwords of any length and alphabet are told apart to their last letter', async () => {
  const long = 'ä'.repeat(5_000);
  const hash = await hashPassword(`${long}a`);
  expect([await passwordMatches(`${long}a`, hash), await passwordMatches(`${long}b`, hash)]).toEqual([true, false]);
});

test.each(['', 'plain', 'bcrypt$12$x$y$z', 'scrypt$16384$8$1', 'scrypt$16384$8$1$salt$', 'scrypt$x$8$1$c2FsdA$a2V5'])(
  'an invalid hash (%s) matches nothing',
  async (hash) => {
    expect(await passwordMatches('', hash)).toBe(false);
  },
);
