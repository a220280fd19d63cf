import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { systemClock } from '../../../lib/clock/clock.ts';
import { type EventPosition, FIRST_POSITION, type LoggedEvent } from '../../../objects/event-position.ts';
import type { InTransaction } from '../../sql/queries.ts';
import { adoptRestoredEvents, readEvents } from './event-feed.ts';
import { appendEvents } from './events.ts';
import { serviceContext } from '../../../lib/context/context.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());
beforeEach(async () => {
  await sql`TRUNCATE events RESTART IDENTITY`.execute(database.db);
});

const append = (trx: InTransaction, subject: string) =>
  appendEvents(trx, serviceContext('req-1'), [{ type: 'flavor.create', subject, projectId: null, payload: { subject } }]);

/** Appends in a transaction that commits when it is told to. */
function appending(subject: string) {
  const { promise: written, resolve: wrote } = Promise.withResolvers<void>();
  const { promise: mayCommit, resolve: commit } = Promise.withResolvers<void>();
  const ended = database.db.transaction().execute(async (trx) => {
    await append(trx, subject);
    wrote();
    await mayCommit;
  });
  return { written, commit: () => (commit(), ended) };
}

/** A reader that keeps its position, as clients do. */
class Reader {
  readonly read: LoggedEvent[] = [];
  position: EventPosition = FIRST_POSITION;

  async more(limit = 100): Promise<readonly string[]> {
    const { events, next } = await readEvents(database.db, this.position, limit);
    this.read.push(...events);
    this.position = next;
    return this.subjects;
  }

  get subjects(): readonly string[] {
    return this.read.map(({ subject }) => subject);
  }
}

// Open transactions of other tests, in other databases of the same server, delay the feed as well.
const WAIT = { timeout: 30_000, interval: 20 };

test('late commits are not skipped, and nothing is read twice', async () => {
  const [early, late] = [new Reader(), new Reader()];
  const first = appending('first');
  await first.written;
  const second = appending('second');
  await second.written;
  await second.commit();
  // A reader by sequence would have read the second one by now, and would never look for a smaller number.
  const visible = await database.db.selectFrom('events').select('subject').execute();
  expect(visible).toEqual([{ subject: 'second' }]);
  expect(await early.more()).toEqual([]);
  await first.commit();
  await expect.poll(() => early.more(), WAIT).toEqual(['first', 'second']);
  await expect.poll(() => late.more(1), WAIT).toEqual(['first', 'second']);
  expect(late.read).toEqual(early.read);
  expect(await early.more()).toEqual(['first', 'second']);
});

test('an event of a rolled back transaction never appears, and does not delay the feed', async () => {
  const reader = new Reader();
  const undone = database.db.transaction().execute(async (trx) => {
    await append(trx, 'undone');
    throw new Error('no');
  });
  await expect(undone).rejects.toThrow('no');
  await appending('done').commit();
  await expect.poll(() => reader.more(), WAIT).toEqual(['done']);
});

test('a reader beside many writers reads every event once, in the same order as all other readers', async () => {
  const [eager, patient] = [new Reader(), new Reader()];
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let n = 0; n < 40; n += 1) {
      await database.db.transaction().execute(async (trx) => {
        await append(trx, `${writer}-${n}`);
        await systemClock.sleep((writer * 7 + n * 3) % 11);
        await append(trx, `${writer}-${n}+`);
      });
    }
  });
  const written = new AbortController();
  const writing = Promise.all(writers).finally(() => written.abort());
  while (!written.signal.aborted) {
    await eager.more(7);
    await systemClock.sleep(5);
  }
  await writing;
  const all = 4 * 40 * 2;
  await expect.poll(async () => (await eager.more()).length, WAIT).toBe(all);
  await expect.poll(async () => (await patient.more(33)).length, WAIT).toBe(all);
  expect(new Set(eager.subjects).size).toBe(all);
  expect(patient.read).toEqual(eager.read);
});

test('transactions are ordered by number, however many digits they have', async () => {
  await appendAll('9', '10', '99', '100');
  await sql`UPDATE events SET transaction = subject::xid8`.execute(database.db);
  const [whole, page] = [new Reader(), new Reader()];
  expect(await whole.more()).toEqual(['9', '10', '99', '100']);
  for (let n = 1; n <= 5; n += 1) await page.more(1);
  expect(page.read).toEqual(whole.read);
});

test('on another server, with other transaction numbers, readers continue where they were', async () => {
  await appendAll('before', 'read');
  await expect.poll(async () => (await new Reader().more()).length, WAIT).toBe(2);
  // As after a restore: the events have transaction numbers that this server has not reached.
  await sql`UPDATE events SET transaction = (9000000000000 + seq)::text::xid8`.execute(database.db);
  await adoptRestoredEvents(database.db);
  const reader = new Reader();
  expect(await reader.more(1)).toEqual(['before']);
  await appendAll('after');
  await expect.poll(() => reader.more(), WAIT).toEqual(['before', 'read', 'after']);
  // A second call is a no-op.
  await adoptRestoredEvents(database.db);
  expect(await sql`SELECT FROM event_epochs`.execute(database.db).then(({ rows }) => rows.length)).toBe(2);
});

async function appendAll(...subjects: readonly string[]): Promise<void> {
  for (const subject of subjects) await appending(subject).commit();
}
