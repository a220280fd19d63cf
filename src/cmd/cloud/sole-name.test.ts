import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { openDatabase } from '../../db/connect/open.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { Lifetime } from '../../lib/clock/lifetime.ts';
import { silentLog } from '../../lib/log/log.ts';
import { keepSoleName } from './sole-name.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A program with its own connections. */
async function program(applicationName: string) {
  const { db, close } = await openDatabase({ url: database.url, poolSize: 2, log: silentLog, applicationName });
  const life = new Lifetime(silentLog);
  onTestFinished(async () => {
    await life.end();
    await close();
  });
  return {
    life,
    take: (host: string) => keepSoleName({ db, runtime: { clock: systemClock, log: silentLog, life } }, { binary: 'nova-conductor', host }),
  };
}

// To the server, the end of a process is the end of its sessions.
const breakSessions = (name: string) =>
  database.pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [name]);

// Fault 2026-11 B13.
test('the second conductor of one name is refused with where the first is and since when; one of another name starts', async () => {
  const [first, second] = [await program('first'), await program('second')];
  await first.take('one');
  await second.take('two');
  await expect(second.take('one')).rejects.toThrow(
    /^another nova-conductor runs with NOVA_HOST=one, connected from the database's machine for \d+ seconds: each needs a NOVA_HOST of its own$/,
  );
});

// Fault 2026-11 B13.
test('the name is free when its conductor has stopped', async () => {
  const [first, second] = [await program('stopped'), await program('next')];
  await first.take('three');
  await first.life.end();
  await second.take('three');
});

// Fault 2026-11 B13.
test('a conductor that starts while the session of a dead one still ends gets the name', async () => {
  const [first, second] = [await program('dead'), await program('heir')];
  await first.take('four');
  const taking = second.take('four');
  await first.life.end();
  await taking;
});

const lockHolders = async () =>
  (
    await database.pool.query<{ pid: number }>(
      `SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND application_name = 'broken'`,
    )
  ).rows;

// Fault 2026-11 B13.
test('a conductor that lost its session takes its name again', async () => {
  const [first, second] = [await program('broken'), await program('other')];
  await first.take('five');
  const [before] = await lockHolders();
  await breakSessions('broken');
  const hasNewHolder = async () => {
    const [now] = await lockHolders();
    return now !== undefined && now.pid !== before?.pid;
  };
  await expect.poll(hasNewHolder, { timeout: 20_000 }).toBe(true);
  await expect(second.take('five')).rejects.toThrow('another nova-conductor runs with NOVA_HOST=five');
}, 40_000);
