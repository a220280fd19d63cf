import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ManualClock } from '../lib/clock/manual-clock.ts';
import { LoginGuard } from './login-guard.ts';

let database: TestDatabase;
let clock: ManualClock;
let guard: LoginGuard;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());
beforeEach(async () => {
  for (const table of ['login_failures', 'login_addresses'] as const) await database.db.deleteFrom(table).execute();
  clock = new ManualClock();
  guard = new LoginGuard(database.db, clock, { freeFailures: 3, longestSeconds: 60 });
});

const DAY_MS = 86_400_000;
const OFFICE = '203.0.113.1';
const stranger = (index: number) => `192.0.2.${index}`;
const at = (id: string, address: string) => ({ account: { id }, address });
const isLockedOut = (id: string, address: string) => guard.isLockedOut(at(id, address));

async function fail(times: number, attempt: (index: number) => ReturnType<typeof at>): Promise<void> {
  for (let index = 0; index < times; index++) await guard.failed(attempt(index));
}

test('guesses from many addresses lock out a user at every new address, and nobody else', async () => {
  await fail(30, (index) => at('ann', stranger(index)));
  expect(await isLockedOut('ann', OFFICE)).toBe(false);
  await fail(1, () => at('ann', stranger(30)));
  expect([await isLockedOut('ann', OFFICE), await isLockedOut('ben', OFFICE)]).toEqual([true, false]);
});

test('guesses with many users lock out their address, and no other', async () => {
  await fail(60, (index) => at(`user-${index}`, OFFICE));
  expect(await isLockedOut('ben', OFFICE)).toBe(false);
  await fail(1, () => at('user-60', OFFICE));
  expect([await isLockedOut('ben', OFFICE), await isLockedOut('ben', stranger(1))]).toEqual([true, false]);
});

// Fault 2026-11 B10.
test('strangers’ guesses do not lock out the owner where the owner has logged in', async () => {
  await guard.succeeded(at('ann', OFFICE));
  await fail(40, (index) => at('ann', stranger(index)));
  expect([await isLockedOut('ann', OFFICE), await isLockedOut('ann', stranger(99))]).toEqual([false, true]);
  // Whoever guesses there is locked out all the same.
  await fail(4, () => at('ann', OFFICE));
  expect(await isLockedOut('ann', OFFICE)).toBe(true);
});

// Fault 2026-11 B10.
test('an address is known for one user only, and for 90 days after the last login', async () => {
  await guard.succeeded(at('ben', OFFICE));
  await fail(31, (index) => at('ann', stranger(index)));
  expect(await isLockedOut('ann', OFFICE)).toBe(true);
  await guard.succeeded(at('ann', OFFICE));
  await clock.advance(60 * DAY_MS);
  await guard.succeeded(at('ann', OFFICE));
  await clock.advance(89 * DAY_MS);
  await fail(31, (index) => at('ann', stranger(index)));
  expect(await isLockedOut('ann', OFFICE)).toBe(false);
  await clock.advance(2 * DAY_MS);
  await fail(31, (index) => at('ann', stranger(index)));
  expect(await isLockedOut('ann', OFFICE)).toBe(true);
  await guard.succeeded(at('eve', OFFICE));
  expect(await database.db.selectFrom('login_addresses').selectAll().execute()).toHaveLength(1);
});

// Fault 2026-11 E3.
test('a good login does not forget what others guess from the same address', async () => {
  await fail(4, () => at('ann', OFFICE));
  expect(await isLockedOut('ann', OFFICE)).toBe(true);
  await guard.succeeded(at('ben', OFFICE));
  expect(await isLockedOut('ann', OFFICE)).toBe(true);
});

// Fault 2026-11 E3.
test('a guesser with an account cannot reset the counter of the address by logging in', async () => {
  for (let round = 0; round < 61; round++) {
    await guard.failed(at(`user-${round}`, OFFICE));
    await guard.succeeded(at('mallory', OFFICE));
  }
  expect(await isLockedOut('ben', OFFICE)).toBe(true);
});

// Fault 2026-11 E3.
test('a good login of the owner does not reset the count of guesses from elsewhere', async () => {
  for (let round = 0; round < 31; round++) {
    await guard.failed(at('ann', stranger(round)));
    await guard.succeeded(at('ann', OFFICE));
  }
  expect(await isLockedOut('ann', stranger(99))).toBe(true);
});

// Fault 2026-11 E3.
test('a good login forgets the earlier failures of this user at this address', async () => {
  await fail(3, () => at('ann', OFFICE));
  await guard.succeeded(at('ann', OFFICE));
  await fail(3, () => at('ann', OFFICE));
  expect(await isLockedOut('ann', OFFICE)).toBe(false);
});
