import { expect, test } from 'vitest';
import { seededIds } from '../../lib/clock/ids.ts';
import { ManualClock } from '../../lib/clock/manual-clock.ts';
import type { ConsoleRpcApi } from '../rpcapi.ts';
import { keepToken } from './keep-token.ts';

const TTL_MS = 600_000;
const HOUR_MS = 3_600_000;

type Answer = Awaited<ReturnType<ConsoleRpcApi['prolongConsole']>>;

/** Keeps a token for an hour; `answer` is what each request is answered with. @returns how often it asked */
async function keptFor(answer: (asked: number, clock: ManualClock) => Answer, over = new AbortController()): Promise<number> {
  const clock = new ManualClock();
  let asked = 0;
  const prolongConsole = async () => answer((asked += 1), clock);
  const expiresAt = new Date(clock.now().getTime() + TTL_MS);
  const kept = keepToken({ consoles: { prolongConsole }, clock, ids: seededIds() }, { token: 't', secret: 's', expiresAt }, over.signal);
  await clock.advance(HOUR_MS);
  over.abort();
  await kept;
  return asked;
}

const prolonged = (clock: ManualClock): string => new Date(clock.now().getTime() + TTL_MS).toISOString();

test('a token is prolonged twice in each lifetime, as long as the session lasts', async () => {
  expect(await keptFor((_, clock) => prolonged(clock))).toBe((2 * HOUR_MS) / TTL_MS);
});

test('a token that was revoked is not asked for again', async () => {
  expect(await keptFor((asked, clock) => (asked < 3 ? prolonged(clock) : null))).toBe(3);
});

test('without an answer it is tried again, until the token has expired', async () => {
  const asked = await keptFor(() => {
    throw new Error('nobody is there');
  });
  expect(asked).toBeGreaterThan(3);
  expect(asked).toBeLessThan(20);
});
