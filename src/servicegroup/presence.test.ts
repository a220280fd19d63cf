import { expect, test } from 'vitest';
import { systemClock } from '../lib/clock/clock.ts';
import { silentLog } from '../lib/log/log.ts';
import { Presence } from './presence.ts';

/** Keeps a member present at an engine that counts what it is asked, until the work is done. */
async function keeping(announceEveryMs: number, work: (engine: Counting) => Promise<void>): Promise<void> {
  const engine = new Counting(announceEveryMs);
  const presence = new Presence(engine, { downAfterSeconds: 60 }, { clock: systemClock, log: silentLog });
  const end = new AbortController();
  const kept = presence.keep([{ binary: 'nova-compute', host: 'east' }], end.signal);
  await work(engine);
  end.abort();
  await kept;
}

class Counting {
  readonly name = 'the engine';
  readonly settleMs = 1;
  readonly announceEveryMs: number;
  announced = 0;
  waits = 0;
  session = Promise.withResolvers<void>();

  constructor(announceEveryMs: number) {
    this.announceEveryMs = announceEveryMs;
  }

  async announce() {
    this.announced += 1;
    return [];
  }

  async look() {
    return { present: new Set<string>(), incarnation: '' };
  }

  lost(): Promise<void> {
    this.waits += 1;
    return this.session.promise;
  }

  async close(): Promise<void> {}
}

test('members that announce themselves again and again wait for the end of their session once', async () => {
  await keeping(1, async (engine) => {
    await expect.poll(() => engine.announced, { interval: 1 }).toBeGreaterThan(5);
    expect(engine.waits).toBe(1);
  });
});

test('members whose session has ended announce themselves at once', async () => {
  await keeping(3_600_000, async (engine) => {
    for (const times of [1, 2, 3]) {
      await expect.poll(() => engine.announced, { interval: 1 }).toBe(times);
      const { resolve } = engine.session;
      engine.session = Promise.withResolvers();
      resolve();
    }
  });
});
